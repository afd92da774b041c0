// SPDX-License-Identifier: MIT
// $((expression)): C's integer operators on longs, by precedence climbing.
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

struct Evaluation {
  const char* at;
  int failed;
  int skipped;  // depth of operands that only count for their syntax: 0 && …, 1 || …
};

static const struct Operator {
  char text[3];
  int precedence;
} operators[] = {{"||", 1}, {"&&", 2}, {"|", 3}, {"^", 4}, {"&", 5}, {"==", 6}, {"!=", 6}, {"<=", 7}, {">=", 7},
                 {"<<", 8}, {">>", 8}, {"<", 7}, {">", 7}, {"+", 9}, {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10}};

static long assignment(struct Evaluation* in);

static void skip_space(struct Evaluation* in) {
  while (isspace(*in->at)) in->at++;
}

static int accept(struct Evaluation* in, const char* text) {
  skip_space(in);
  if (strncmp(in->at, text, strlen(text)) != 0) return 0;
  in->at += strlen(text);
  return 1;
}

static long apply(struct Evaluation* in, const char* operation, long a, long b) {
  if ((*operation == '/' || *operation == '%') && (b == 0 || (a == LONG_MIN && b == -1))) {
    if (!in->skipped) in->failed = 1;
    return 0;
  }
  switch (operation[0]) {
    case '+': return (long)((unsigned long)a + (unsigned long)b);
    case '-': return (long)((unsigned long)a - (unsigned long)b);
    case '*': return (long)((unsigned long)a * (unsigned long)b);
    case '/': return a / b;
    case '%': return a % b;
    case '^': return a ^ b;
    case '=': return a == b;
    case '!': return a != b;
    case '|': return operation[1] ? a || b : a | b;
    case '&': return operation[1] ? a && b : a & b;
    case '<': return operation[1] == '<' ? (long)((unsigned long)a << (b & 63)) : operation[1] ? a <= b : a < b;
    default: return operation[1] == '>' ? a >> (b & 63) : operation[1] ? a >= b : a > b;
  }
}

static long primary(struct Evaluation* in) {
  skip_space(in);
  if (accept(in, "(")) {
    long value = assignment(in);
    if (!accept(in, ")")) in->failed = 1;
    return value;
  }
  if (accept(in, "-")) return -primary(in);
  if (accept(in, "+")) return primary(in);
  if (accept(in, "!")) return !primary(in);
  if (accept(in, "~")) return ~primary(in);
  char* end;
  if (isdigit(*in->at)) {
    long value = strtol(in->at, &end, 0);
    in->at = end;
    return value;
  }
  size_t length = 0;
  while (is_name(in->at, length + 1)) length++;
  if (!length) {
    in->failed = 1;
    return 0;
  }
  char* name = strndup(in->at, length);
  in->at += length;
  const char* value = get_variable(name);
  free(name);
  return value ? strtol(value, NULL, 0) : 0;
}

static const struct Operator* next_operator(struct Evaluation* in) {
  skip_space(in);
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    size_t length = strlen(operators[i].text);
    if (strncmp(in->at, operators[i].text, length) != 0) continue;
    if (in->at[length] == '=' && operators[i].precedence > 2 && !strchr("=!<>", operators[i].text[0])) return NULL;
    return &operators[i];
  }
  return NULL;
}

static long binary(struct Evaluation* in, int least) {
  long left = primary(in);
  for (const struct Operator* found; !in->failed && (found = next_operator(in)) && found->precedence >= least;) {
    in->at += strlen(found->text);
    int decided = (found->precedence == 1 && left) || (found->precedence == 2 && !left);
    in->skipped += decided;
    long right = binary(in, found->precedence + 1);
    in->skipped -= decided;
    left = apply(in, found->text, left, right);
  }
  return left;
}

static long ternary(struct Evaluation* in) {
  long condition = binary(in, 1);
  if (!accept(in, "?")) return condition;
  in->skipped += !condition;
  long yes = assignment(in);
  in->skipped -= !condition;
  if (!accept(in, ":")) in->failed = 1;
  in->skipped += condition != 0;
  long no = ternary(in);
  in->skipped -= condition != 0;
  return condition ? yes : no;
}

/// name = value, name += value …; anything else is an expression.
static long assignment(struct Evaluation* in) {
  skip_space(in);
  size_t length = 0;
  while (is_name(in->at, length + 1)) length++;
  const char* after = in->at + length;
  while (isspace(*after)) after++;
  size_t operation = strcspn(after, "=");
  int plain = operation == 0 && after[1] != '=';
  int compound = operation > 0 && operation <= 2 && after[operation] == '=' &&
                 strspn(after, "+-*/%&|^<>") == operation && (operation == 2 || !strchr("<>", *after)) &&
                 (operation == 1 || after[0] == after[1]);
  if (!length || !(plain || compound)) return ternary(in);
  char *name = strndup(in->at, length), text[24];
  char kind[3] = {compound ? after[0] : 0, operation == 2 ? after[1] : 0, 0};
  in->at = after + operation + 1;
  long value = assignment(in);
  if (compound) {
    const char* old = get_variable(name);
    value = apply(in, kind, old ? strtol(old, NULL, 0) : 0, value);
  }
  snprintf(text, sizeof text, "%ld", value);
  if (!in->skipped && !in->failed) set_variable(name, text);
  free(name);
  return value;
}

long evaluate(const char* expression, int* failed) {
  struct Evaluation in = {expression, 0, 0};
  skip_space(&in);
  long value = *in.at ? assignment(&in) : 0;
  skip_space(&in);
  *failed = in.failed || *in.at;
  return value;
}
