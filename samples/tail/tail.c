// SPDX-License-Identifier: MIT
// tail [-n LINES | -LINES] [FILE]: the last lines, ten unless said otherwise.
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Keeps the last `lines` lines in a ring.
static void copy(FILE* file, size_t lines) {
  char** ring = calloc(lines + 1, sizeof *ring);
  size_t *sizes = calloc(lines + 1, sizeof *sizes), count = 0;
  if (!ring || !sizes || !lines) return;
  while (getline(&ring[count % lines], &sizes[count % lines], file) > 0) count++;
  for (size_t i = count > lines ? count - lines : 0; i < count; i++) fputs(ring[i % lines], stdout);
}

int main(int argc, char** argv) {
  long lines = 10;
  int i = 1;
  if (i + 1 < argc && strcmp(argv[i], "-n") == 0)
    lines = atol(argv[i + 1]), i += 2;
  else if (i < argc && strncmp(argv[i], "-n", 2) == 0)
    lines = atol(argv[i++] + 2);
  else if (i < argc && argv[i][0] == '-' && isdigit(argv[i][1]))
    lines = atol(argv[i++] + 1);
  FILE* file = i < argc ? fopen(argv[i], "r") : stdin;
  if (!file) {
    fprintf(stderr, "tail: cannot open '%s' for reading: %s\n", argv[i], strerror(errno));
    return 1;
  }
  copy(file, (size_t)labs(lines));
  return 0;
}
