// SPDX-License-Identifier: MIT
// Words to fields (POSIX Shell Command Language, 2.6). A field under construction holds quoted
// pattern characters with a backslash before them, so that path-name expansion can tell "*" from *;
// the backslashes go when the field is done.
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sh.h"

struct Expansion {
  struct Strings fields;
  struct Text current;
  int has_field;  // current counts even when empty, as "" does
  int split;      // unquoted results are split and matched with path names
};

static void expand_text(struct Expansion* to, const char* s, const char* end, int quoted);

// ---- Fields ----

static void add_char(struct Expansion* to, char c, int quoted) {
  if (c == '\\' || (quoted && strchr("*?[]-!^", c) && c)) text_add(&to->current, '\\');
  text_add(&to->current, c);
  to->has_field = 1;
}

static void end_field(struct Expansion* to) {
  if (!to->has_field) return;
  char* field = text_finish(&to->current);
  if (!to->split || !has_pattern(field) || !glob(field, &to->fields)) {
    if (to->split) remove_escapes(field);
    strings_add(&to->fields, field);
  }
  to->current = (struct Text){0};
  to->has_field = 0;
}

/// The result of an expansion: split at IFS unless quoted.
static void add_value(struct Expansion* to, const char* value, int quoted) {
  const char* separators = get_variable("IFS");
  if (!separators) separators = " \t\n";
  for (; *value; value++) {
    if (quoted || !to->split || !strchr(separators, *value)) {
      add_char(to, *value, quoted);
    } else {
      if (!isspace(*value)) to->has_field = 1;  // a:b::c has an empty field, blanks in a row do not
      end_field(to);
    }
  }
}

static void add_positional(struct Expansion* to, int quoted, int star) {
  const char* separators = get_variable("IFS");
  for (int i = 0; i < shell.argc; i++) {
    if (i > 0) {
      if (to->split && !(quoted && star))
        end_field(to);
      else if (!separators || *separators)
        add_char(to, separators && star ? *separators : ' ', quoted);
    }
    add_value(to, shell.argv[i], quoted);
    if (quoted && !star) to->has_field = 1;
  }
}

// ---- Finding where things end ----

static const char* skip_balanced(const char* s, char open, char close);

/// Past the construct that begins at s: a quote, an escape or an expansion; else one character.
static const char* skip_construct(const char* s) {
  switch (*s) {
    case '\\': return s[1] ? s + 2 : s + 1;
    case '\'': {
      const char* end = strchr(s + 1, '\'');
      return end ? end + 1 : s + strlen(s);
    }
    case '"':
    case '`': {
      char quote = *s++;
      while (*s && *s != quote) s = *s == '\'' ? s + 1 : skip_construct(s);
      return *s ? s + 1 : s;
    }
    case '$':
      if (s[1] == '(') return skip_balanced(s + 2, '(', ')');
      if (s[1] == '{') return skip_balanced(s + 2, '{', '}');
      return s + 1;
    default: return s + 1;
  }
}

static const char* skip_balanced(const char* s, char open, char close) {
  for (int depth = 1; *s;) {
    if (*s == close && --depth == 0) return s + 1;
    if (*s == open) depth++;
    s = *s == open || *s == close ? s + 1 : skip_construct(s);
  }
  return s;
}

// ---- Command substitution and arithmetic ----

static void substitute_command(struct Expansion* to, char* command, int quoted) {
  int ends[2];
  if (pipe(ends) < 0) return complain("cannot make a pipe: %s", strerror(errno));
  fflush(NULL);
  pid_t pid = fork();
  if (pid < 0) return complain("cannot fork: %s", strerror(errno));
  if (pid == 0) {
    close(ends[0]);
    dup2(ends[1], 1);
    if (ends[1] != 1) close(ends[1]);
    enter_subshell();
    struct Source source = source_of_string(command);
    exit_shell(run_source(&source, run_last));
  }
  close(ends[1]);
  struct Text output = {0};
  char buffer[512];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    for (ssize_t i = 0; i < got; i++)
      if (buffer[i]) text_add(&output, buffer[i]);
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  shell.substituted = shell.status = exit_status(status);
  while (output.length && output.bytes[output.length - 1] == '\n') output.length--;
  add_value(to, text_finish(&output), quoted);
}

static char* slice(const char* s, const char* end) {
  struct Text text = {0};
  while (s < end) text_add(&text, *s++);
  return text_finish(&text);
}

static void substitute_backquoted(struct Expansion* to, const char* s, const char* end, int quoted) {
  struct Text command = {0};
  for (; s < end; s++) {
    if (*s == '\\' && s + 1 < end && strchr("$`\\", s[1])) s++;
    text_add(&command, *s);
  }
  substitute_command(to, text_finish(&command), quoted);
}

static void add_arithmetic(struct Expansion* to, const char* s, const char* end, int quoted) {
  int failed = 0;
  char number[24];
  snprintf(number, sizeof number, "%ld", evaluate(expand_here(slice(s, end)), &failed));
  if (failed) {
    complain("arithmetic syntax error: %s", slice(s, end));
    if (!shell.interactive) exit_shell(2);
    return;
  }
  add_value(to, number, quoted);
}

// ---- Parameters ----

static const char* parameter(const char* name) {
  static char number[24];
  long value;
  if (isdigit(*name)) {
    int index = atoi(name);
    if (index == 0) return shell.name;
    return index <= shell.argc ? shell.argv[index - 1] : NULL;
  }
  switch (*name) {
    case '?': value = shell.status; break;
    case '$': value = shell.pid; break;
    case '#': value = shell.argc; break;
    case '!':
      if (!shell.last_background) return NULL;
      value = shell.last_background;
      break;
    case '-': return shell.interactive ? "i" : "";
    default: return get_variable(name);
  }
  snprintf(number, sizeof number, "%ld", value);
  return number;
}

/// The shortest or longest part of the value, from its beginning or end, that matches goes.
static char* trimmed(const char* value, const char* pattern, int from_end, int longest) {
  size_t length = strlen(value);
  for (size_t i = 0; i <= length; i++) {
    size_t part = longest ? length - i : i;
    const char* candidate = from_end ? value + length - part : slice(value, value + part);
    if (!matches(pattern, candidate)) continue;
    return from_end ? slice(value, value + length - part) : slice(value + part, value + length);
  }
  return slice(value, value + length);
}

static void complain_unset(const char* name, const char* word) {
  complain("%s: %s", name, *word ? expand_word(word) : "parameter not set");
  if (!shell.interactive) exit_shell(2);
}

/// ${name operator word}, between the braces.
static void expand_braces(struct Expansion* to, const char* s, const char* end, int quoted) {
  int want_length = *s == '#' && end - s > 1 && !strchr("}-+?=:%#", s[1]);
  if (want_length) s++;
  const char* start = s;
  if (isdigit(*s))
    while (isdigit(*s)) s++;
  else if (is_name(s, 1))
    while (s < end && is_name(start, (size_t)(s - start) + 1)) s++;
  else
    s++;
  char* name = slice(start, s);
  if (s == end && (*name == '@' || *name == '*') && !want_length) return add_positional(to, quoted, *name == '*');
  const char* value = parameter(name);
  if (want_length) {
    char number[24];
    snprintf(number, sizeof number, "%zu",
             *name == '@' || *name == '*' ? (size_t)shell.argc
             : value                      ? strlen(value)
                                          : 0);
    return add_value(to, number, quoted);
  }
  if (s == end) return value ? add_value(to, value, quoted) : (void)0;

  int empty_counts = *s == ':';
  if (empty_counts) s++;
  char operation = *s++;
  int doubled = (operation == '%' || operation == '#') && *s == operation;
  if (doubled) s++;
  const char* word = slice(s < end ? s : end, end);
  int given = value && !(empty_counts && !*value);
  switch (operation) {
    case '-':
      if (given) return add_value(to, value, quoted);
      return expand_text(to, word, word + strlen(word), quoted);
    case '+': return given ? expand_text(to, word, word + strlen(word), quoted) : (void)0;
    case '=':
      if (!given) set_variable(name, expand_word(word));
      return add_value(to, parameter(name) ? parameter(name) : "", quoted);
    case '?': return given ? add_value(to, value, quoted) : complain_unset(name, word);
    case '%':
    case '#':
      return value ? add_value(to, trimmed(value, expand_pattern(word), operation == '%', doubled), quoted) : (void)0;
    default:
      complain("bad substitution");
      if (!shell.interactive) exit_shell(2);
  }
}

/// What follows a dollar sign; returns where the text goes on.
static const char* expand_dollar(struct Expansion* to, const char* s, const char* limit, int quoted) {
  const char* end = skip_construct(s);
  if (s[1] == '(' && s[2] == '(' && end - s >= 5 && end[-2] == ')') {
    add_arithmetic(to, s + 3, end - 2, quoted);
    return end;
  }
  if (s[1] == '(') {
    substitute_command(to, slice(s + 2, end - 1), quoted);
    return end;
  }
  if (s[1] == '{') {
    expand_braces(to, s + 2, end - 1, quoted);
    return end;
  }
  const char* name = ++s;
  if (s < limit && (*s == '@' || *s == '*')) {
    add_positional(to, quoted, *s == '*');
    return s + 1;
  }
  if (s < limit && (isdigit(*s) || strchr("?$#!-", *s)))
    s++;
  else
    while (s < limit && is_name(name, (size_t)(s - name) + 1)) s++;
  if (s == name) {
    add_char(to, '$', quoted);
    return s;
  }
  const char* value = parameter(slice(name, s));
  if (value) add_value(to, value, quoted);
  return s;
}

// ---- Text ----

static const char* expand_tilde(struct Expansion* to, const char* s) {
  const char* home = get_variable("HOME");
  if ((s[1] && s[1] != '/') || !home) {
    add_char(to, '~', 0);
  } else {
    for (; *home; home++) add_char(to, *home, 1);
  }
  return s + 1;
}

static void expand_double_quoted(struct Expansion* to, const char* s, const char* end) {
  int nothing = shell.argc == 0 && end - s == 2 && strncmp(s, "$@", 2) == 0;
  if (!nothing) to->has_field = 1;
  expand_text(to, s, end, 1);
}

static void expand_text(struct Expansion* to, const char* s, const char* end, int quoted) {
  const char* start = s;
  while (s < end) {
    const char* after = skip_construct(s);
    switch (*s) {
      case '$': s = expand_dollar(to, s, end, quoted); continue;
      case '`':
        substitute_backquoted(to, s + 1, after - 1, quoted);
        s = after;
        continue;
      case '\\':
        if (s + 1 == end || (quoted && !strchr("$`\"\\\n", s[1])))
          add_char(to, *s++, 1);
        else if (s[1] == '\n')
          s = after;
        else
          add_char(to, s[1], 1), s = after;
        continue;
      case '\'':
        if (quoted) break;
        to->has_field = 1;
        for (const char* c = s + 1; c + 1 < after; c++) add_char(to, *c, 1);
        s = after;
        continue;
      case '"':
        if (quoted) break;
        expand_double_quoted(to, s + 1, after - 1);
        s = after;
        continue;
      case '~':
        if (quoted || s != start) break;
        s = expand_tilde(to, s);
        continue;
    }
    add_char(to, *s++, quoted);
  }
}

// ---- The ways to ask for it ----

char** expand_words(char** words) {
  struct Expansion to = {.split = 1};
  for (; words && *words; words++) {
    expand_text(&to, *words, *words + strlen(*words), 0);
    end_field(&to);
  }
  return strings_finish(&to.fields);
}

char* expand_pattern(const char* word) {
  struct Expansion to = {0};
  expand_text(&to, word, word + strlen(word), 0);
  return text_finish(&to.current);
}

char* expand_word(const char* word) {
  char* result = expand_pattern(word);
  remove_escapes(result);
  return result;
}

char* expand_here(const char* text) {
  struct Expansion to = {0};
  expand_text(&to, text, text + strlen(text), 1);
  char* result = text_finish(&to.current);
  remove_escapes(result);
  return result;
}
