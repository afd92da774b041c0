// SPDX-License-Identifier: MIT
// Watch: read(2) and write(2) take turns, and cat sleeps in read until a key or the end of file comes.
// cat [-n] [FILE…]: "-" is standard input; -n numbers the lines.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int number_lines;

static int write_all(const char* from, ssize_t count) {
  while (count > 0) {
    ssize_t written = write(1, from, (size_t)count);
    if (written < 0) {
      if (errno == EINTR) continue;
      fprintf(stderr, "cat: write error: %s\n", strerror(errno));
      return 0;
    }
    from += written;
    count -= written;
  }
  return 1;
}

static void write_numbered(const char* from, ssize_t count) {
  static int line, inside;
  for (; count > 0; from++, count--) {
    if (!inside) printf("%6d\t", ++line);
    inside = *from != '\n';
    putchar(*from);
  }
}

static int copy(int fd, const char* name) {
  static char buffer[16384];
  for (;;) {
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0) return 1;
    if (got < 0) {
      if (errno == EINTR) continue;
      fprintf(stderr, "cat: %s: %s\n", name, strerror(errno));
      return 0;
    }
    if (number_lines)
      write_numbered(buffer, got);
    else if (!write_all(buffer, got))
      return 0;
  }
}

static int copy_file(const char* path) {
  if (strcmp(path, "-") == 0) return copy(0, "-");
  int fd = open(path, O_RDONLY);
  if (fd < 0) {
    fprintf(stderr, "cat: %s: %s\n", path, strerror(errno));
    return 0;
  }
  int fine = copy(fd, path);
  close(fd);
  return fine;
}

int main(int argc, char** argv) {
  for (int option; (option = getopt(argc, argv, "nu")) != -1;) {
    if (option == '?') return 1;
    if (option == 'n') number_lines = 1;
  }
  int fine = 1;
  if (optind == argc) fine = copy(0, "-");
  for (; optind < argc; optind++) fine &= copy_file(argv[optind]);
  return fine ? 0 : 1;
}
