// SPDX-License-Identifier: MIT
// head [-n LINES | -LINES] [FILE…]: the first lines, ten unless said otherwise.
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void copy(FILE* file, long lines) {
  for (int c; lines > 0 && (c = getc(file)) != EOF; lines -= c == '\n') putchar(c);
}

int main(int argc, char** argv) {
  long lines = 10;
  int i = 1, result = 0;
  if (i + 1 < argc && strcmp(argv[i], "-n") == 0)
    lines = atol(argv[i + 1]), i += 2;
  else if (i < argc && strncmp(argv[i], "-n", 2) == 0)
    lines = atol(argv[i++] + 2);
  else if (i < argc && argv[i][0] == '-' && isdigit(argv[i][1]))
    lines = atol(argv[i++] + 1);
  if (i == argc) copy(stdin, lines);
  int several = argc - i > 1;
  for (int first = i; i < argc; i++) {
    FILE* file = fopen(argv[i], "r");
    if (!file) {
      fprintf(stderr, "head: cannot open '%s' for reading: %s\n", argv[i], strerror(errno));
      result = 1;
      continue;
    }
    if (several) printf("%s==> %s <==\n", i > first ? "\n" : "", argv[i]);
    copy(file, lines);
    fclose(file);
  }
  return result;
}
