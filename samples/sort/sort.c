// SPDX-License-Identifier: MIT
// sort [-rnu] [FILE…]
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int reverse, numeric, unique;
static char** lines;
static size_t count, room;

static int compare(const void* a, const void* b) {
  const char *x = *(char*const*)a, *y = *(char*const*)b;
  int order = 0;
  if (numeric) {
    double difference = strtod(x, NULL) - strtod(y, NULL);
    order = (difference > 0) - (difference < 0);
  }
  if (order == 0 && !(numeric && unique)) order = strcmp(x, y);
  return reverse ? -order : order;
}

static void collect(FILE* file) {
  char* line = NULL;
  size_t size = 0;
  for (ssize_t length; (length = getline(&line, &size, file)) > 0;) {
    if (line[length - 1] == '\n') line[length - 1] = 0;
    if (count == room) lines = realloc(lines, (room = room ? room * 2 : 64) * sizeof *lines);
    lines[count++] = strdup(line);
  }
  free(line);
}

int main(int argc, char** argv) {
  for (int option; (option = getopt(argc, argv, "rnu")) != -1;) {
    switch (option) {
      case 'r': reverse = 1; break;
      case 'n': numeric = 1; break;
      case 'u': unique = 1; break;
      default: return 2;
    }
  }
  if (optind == argc) collect(stdin);
  for (; optind < argc; optind++) {
    FILE* file = fopen(argv[optind], "r");
    if (!file) {
      fprintf(stderr, "sort: cannot read: %s: %s\n", argv[optind], strerror(errno));
      return 2;
    }
    collect(file);
    fclose(file);
  }
  qsort(lines, count, sizeof *lines, compare);
  for (size_t i = 0; i < count; i++)
    if (!unique || i == 0 || compare(&lines[i - 1], &lines[i]) != 0) puts(lines[i]);
  return fflush(stdout) ? 2 : 0;
}
