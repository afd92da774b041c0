// SPDX-License-Identifier: MIT
// grep [-vicn] TEXT [FILE…]: the lines that contain TEXT; ^ and $ at its ends tie it to the line's, and
// a dot stands for any character, .* for any number of them.
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int inverted, ignore_case, count_only, numbered, with_names, found_any, result;

static int same(char pattern, char c) {
  if (pattern == '.') return c != 0;
  return ignore_case ? tolower(pattern) == tolower(c) : pattern == c;
}

/// Whether the pattern matches at this very place.
static int match_here(const char* pattern, const char* text) {
  if (!*pattern) return 1;
  if (pattern[0] == '$' && !pattern[1]) return !*text;
  int escaped = pattern[0] == '\\' && pattern[1];
  const char* after = pattern + 1 + escaped;
  if (*after == '*') {
    for (;; text++) {
      if (match_here(after + 1, text)) return 1;
      if (!*text || !(escaped ? pattern[1] == *text : same(*pattern, *text))) return 0;
    }
  }
  if (!*text || !(escaped ? pattern[1] == *text : same(*pattern, *text))) return 0;
  return match_here(after, text + 1);
}

static int matches(const char* pattern, const char* text) {
  if (*pattern == '^') return match_here(pattern + 1, text);
  do {
    if (match_here(pattern, text)) return 1;
  } while (*text++);
  return 0;
}

static void search(FILE* file, const char* name, const char* pattern) {
  char* line = NULL;
  size_t size = 0;
  long count = 0, number = 0;
  for (ssize_t length; (length = getline(&line, &size, file)) > 0;) {
    number++;
    if (line[length - 1] == '\n') line[length - 1] = 0;
    if (matches(pattern, line) == inverted) continue;
    count++;
    if (count_only) continue;
    if (with_names) printf("%s:", name);
    if (numbered) printf("%ld:", number);
    puts(line);
  }
  if (count_only && with_names) printf("%s:", name);
  if (count_only) printf("%ld\n", count);
  if (count) found_any = 1;
  free(line);
}

int main(int argc, char** argv) {
  for (int option; (option = getopt(argc, argv, "vicn")) != -1;) {
    switch (option) {
      case 'v': inverted = 1; break;
      case 'i': ignore_case = 1; break;
      case 'c': count_only = 1; break;
      case 'n': numbered = 1; break;
      default: return 2;
    }
  }
  if (optind == argc) {
    fprintf(stderr, "usage: grep [-vicn] TEXT [FILE...]\n");
    return 2;
  }
  const char* pattern = argv[optind++];
  with_names = argc - optind > 1;
  if (optind == argc) search(stdin, "-", pattern);
  for (; optind < argc; optind++) {
    FILE* file = fopen(argv[optind], "r");
    if (!file) {
      fprintf(stderr, "grep: %s: %s\n", argv[optind], strerror(errno));
      result = 2;
      continue;
    }
    search(file, argv[optind], pattern);
    fclose(file);
  }
  return result ? result : !found_any;
}
