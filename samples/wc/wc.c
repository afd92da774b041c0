// SPDX-License-Identifier: MIT
// Watch: at the end of a pipeline wc sleeps in read(2) until every writer of the pipe has closed it.
// wc [-lwc] [FILE…]
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct Counts {
  unsigned long lines, words, bytes;
};

static int show_lines, show_words, show_bytes, width = 1;

static int count(int fd, struct Counts* counts) {
  static char buffer[16384];
  int inside_word = 0;
  for (;;) {
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    counts->bytes += (unsigned long)got;
    for (ssize_t i = 0; i < got; i++) {
      counts->lines += buffer[i] == '\n';
      int space = isspace(buffer[i]);
      counts->words += !space && !inside_word;
      inside_word = !space;
    }
  }
}

static void print(const struct Counts* counts, const char* name) {
  const char* separator = "";
  if (show_lines) printf("%s%*lu", separator, width, counts->lines), separator = " ";
  if (show_words) printf("%s%*lu", separator, width, counts->words), separator = " ";
  if (show_bytes) printf("%s%*lu", separator, width, counts->bytes);
  printf("%s%s\n", *name ? " " : "", name);
}

/// Wide enough for the total size of the files; 7 when one's size cannot be known beforehand.
static void choose_width(char** paths) {
  if (show_lines + show_words + show_bytes == 1 && (!paths[0] || !paths[1])) return;
  unsigned long total = 0;
  int regular = paths[0] != NULL;
  for (; *paths; paths++) {
    struct stat status;
    if (stat(*paths, &status) < 0) continue;
    if (S_ISREG(status.st_mode))
      total += (unsigned long)status.st_size;
    else
      regular = 0;
  }
  width = regular ? snprintf(NULL, 0, "%lu", total) : 7;
}

int main(int argc, char** argv) {
  for (int option; (option = getopt(argc, argv, "lwc")) != -1;) {
    switch (option) {
      case 'l': show_lines = 1; break;
      case 'w': show_words = 1; break;
      case 'c': show_bytes = 1; break;
      default: return 1;
    }
  }
  if (!show_lines && !show_words && !show_bytes) show_lines = show_words = show_bytes = 1;
  argv += optind;
  choose_width(argv);
  struct Counts total = {0};
  int result = 0;
  if (!*argv) {
    if (!count(0, &total)) result = 1;
    print(&total, "");
    return result;
  }
  int files = 0;
  for (; *argv; argv++, files++) {
    struct Counts one = {0};
    int fd = strcmp(*argv, "-") == 0 ? 0 : open(*argv, O_RDONLY);
    if (fd < 0) {
      fflush(stdout);
      fprintf(stderr, "wc: %s: %s\n", *argv, strerror(errno));
      result = 1;
      continue;
    }
    if (!count(fd, &one)) {
      fflush(stdout);
      fprintf(stderr, "wc: %s: %s\n", *argv, strerror(errno));
      result = 1;
    }
    if (fd) close(fd);
    print(&one, *argv);
    total.lines += one.lines;
    total.words += one.words;
    total.bytes += one.bytes;
  }
  if (files > 1) print(&total, "total");
  return result;
}
