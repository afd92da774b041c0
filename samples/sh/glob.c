// SPDX-License-Identifier: MIT
// Patterns: * ? [a-z] [!a-z], a backslash makes the next character plain (POSIX, 2.13).
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sh.h"

int has_pattern(const char* word) {
  for (; *word; word++) {
    if (*word == '\\' && word[1])
      word++;
    else if (*word == '*' || *word == '?' || (*word == '[' && strchr(word, ']')))
      return 1;
  }
  return 0;
}

void remove_escapes(char* word) {
  char* to = word;
  for (; *word; word++) {
    if (*word == '\\' && word[1]) word++;
    *to++ = *word;
  }
  *to = 0;
}

/// A bracket expression, after its "["; NULL when it is not closed.
static const char* match_bracket(const char* pattern, char c, int* found) {
  int inverted = *pattern == '!' || *pattern == '^';
  if (inverted) pattern++;
  *found = 0;
  for (const char* first = pattern; *pattern != ']' || pattern == first; pattern++) {
    if (!*pattern) return NULL;
    if (*pattern == '\\' && pattern[1]) pattern++;
    char low = *pattern, high = low;
    if (pattern[1] == '-' && pattern[2] && pattern[2] != ']') {
      pattern += 2;
      if (*pattern == '\\' && pattern[1]) pattern++;
      high = *pattern;
    }
    if (c >= low && c <= high) *found = 1;
  }
  *found ^= inverted;
  return pattern + 1;
}

int matches(const char* pattern, const char* text) {
  for (; *pattern; text++) {
    switch (*pattern) {
      case '*':
        while (*pattern == '*') pattern++;
        for (;; text++) {
          if (matches(pattern, text)) return 1;
          if (!*text) return 0;
        }
      case '?':
        if (!*text) return 0;
        pattern++;
        break;
      case '[': {
        int found;
        const char* after = match_bracket(pattern + 1, *text, &found);
        if (after) {
          if (!*text || !found) return 0;
          pattern = after;
          break;
        }
      }  // an unclosed bracket is a plain character
        __attribute__((fallthrough));
      default:
        if (*pattern == '\\' && pattern[1]) pattern++;
        if (*pattern++ != *text) return 0;
    }
  }
  return !*text;
}

/// Completes `path` (what is matched so far) by the rest of the pattern.
static void find(struct Text path, const char* pattern, struct Strings* into) {
  while (*pattern == '/') text_add(&path, *pattern++);
  if (!*pattern) {
    strings_add(into, strdup(text_finish(&path)));
    return;
  }
  size_t length = strcspn(pattern, "/");
  char* part = strndup(pattern, length);
  const char* rest = pattern + length;
  if (!has_pattern(part)) {
    remove_escapes(part);
    text_add_string(&path, part);
    struct stat status;
    if (lstat(text_finish(&path), &status) == 0) find(path, rest, into);
    free(part);
    return;
  }
  DIR* directory = opendir(path.length ? text_finish(&path) : ".");
  for (struct dirent* entry; directory && (entry = readdir(directory));) {
    if (entry->d_name[0] == '.' && part[0] != '.') continue;
    if (!matches(part, entry->d_name)) continue;
    struct Text longer = {0};
    if (path.length) text_add_string(&longer, text_finish(&path));
    text_add_string(&longer, entry->d_name);
    struct stat status;
    if (*rest && (stat(text_finish(&longer), &status) < 0 || !S_ISDIR(status.st_mode))) continue;
    find(longer, rest, into);
  }
  if (directory) closedir(directory);
  free(part);
}

static int compare(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

int glob(const char* pattern, struct Strings* into) {
  struct Strings found = {0};
  find((struct Text){0}, pattern, &found);
  if (!found.count) return 0;
  qsort(found.items, found.count, sizeof *found.items, compare);
  for (size_t i = 0; i < found.count; i++) {
    struct Text copy = {0};
    text_add_string(&copy, found.items[i]);
    free(found.items[i]);
    strings_add(into, text_finish(&copy));
  }
  return 1;
}
