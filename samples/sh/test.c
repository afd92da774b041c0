// SPDX-License-Identifier: MIT
// test EXPRESSION, [ EXPRESSION ]: files, strings and numbers compared (POSIX).
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh.h"

struct Test {
  char **at, **end;
  int failed;
};

static int any_of(struct Test* test);

static int file_test(char what, const char* operand) {
  struct stat status;
  switch (what) {
    case 'n': return *operand != 0;
    case 'z': return *operand == 0;
    case 't': return isatty(atoi(operand));
    case 'r': return access(operand, R_OK) == 0;
    case 'w': return access(operand, W_OK) == 0;
    case 'x': return access(operand, X_OK) == 0;
    case 'h':
    case 'L': return lstat(operand, &status) == 0 && S_ISLNK(status.st_mode);
  }
  if (stat(operand, &status) < 0) return 0;
  switch (what) {
    case 'e': return 1;
    case 'f': return S_ISREG(status.st_mode);
    case 'd': return S_ISDIR(status.st_mode);
    case 'b': return S_ISBLK(status.st_mode);
    case 'c': return S_ISCHR(status.st_mode);
    case 'p': return S_ISFIFO(status.st_mode);
    case 'S': return S_ISSOCK(status.st_mode);
    default: return status.st_size > 0;  // 's'
  }
}

static int is_unary(const char* s) { return s[0] == '-' && s[1] && !s[2] && strchr("nztrwxhLefdbcpSs", s[1]); }

static long number(struct Test* test, const char* s) {
  char* end;
  long value = strtol(s, &end, 10);
  if (end == s || *end) {
    complain("test: %s: not a number", s);
    test->failed = 1;
  }
  return value;
}

static int is_binary(const char* s) {
  static const char* const names[] = {"=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(s, names[i]) == 0) return 1;
  return 0;
}

static int compare(struct Test* test, const char* a, const char* operation, const char* b) {
  if (*operation == '=') return strcmp(a, b) == 0;
  if (*operation == '!') return strcmp(a, b) != 0;
  long x = number(test, a), y = number(test, b);
  if (strcmp(operation, "-eq") == 0) return x == y;
  if (strcmp(operation, "-ne") == 0) return x != y;
  if (strcmp(operation, "-lt") == 0) return x < y;
  if (strcmp(operation, "-le") == 0) return x <= y;
  if (strcmp(operation, "-gt") == 0) return x > y;
  return x >= y;
}

static int primary(struct Test* test) {
  long left = test->end - test->at;
  if (left <= 0) {
    test->failed = 1;
    return 0;
  }
  if (left >= 3 && is_binary(test->at[1])) {
    test->at += 3;
    return compare(test, test->at[-3], test->at[-2], test->at[-1]);
  }
  if (left >= 2 && strcmp(test->at[0], "!") == 0) {
    test->at++;
    return !primary(test);
  }
  if (left >= 2 && is_unary(test->at[0])) {
    test->at += 2;
    return file_test(test->at[-2][1], test->at[-1]);
  }
  if (left >= 3 && strcmp(test->at[0], "(") == 0) {
    test->at++;
    int result = any_of(test);
    if (test->at == test->end || strcmp(*test->at++, ")") != 0) test->failed = 1;
    return result;
  }
  return **test->at++ != 0;
}

static int all_of(struct Test* test) {
  int result = primary(test);
  while (!test->failed && test->at < test->end && strcmp(*test->at, "-a") == 0) {
    test->at++;
    result &= primary(test);
  }
  return result;
}

static int any_of(struct Test* test) {
  int result = all_of(test);
  while (!test->failed && test->at < test->end && strcmp(*test->at, "-o") == 0) {
    test->at++;
    result |= all_of(test);
  }
  return result;
}

int run_test(int argc, char** argv) {
  if (strcmp(argv[0], "[") == 0 && strcmp(argv[--argc], "]") != 0) {
    complain("[: missing ]");
    return 2;
  }
  if (argc == 1) return 1;
  struct Test test = {argv + 1, argv + argc, 0};
  int result = any_of(&test);
  if (test.failed || test.at != test.end) {
    complain("%s: bad expression", argv[0]);
    return 2;
  }
  return !result;
}
