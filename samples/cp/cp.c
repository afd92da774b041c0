// SPDX-License-Identifier: MIT
// cp FILE… TARGET: TARGET is a folder when there are several files.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_bytes(int from, int to) {
  static char buffer[16384];
  for (;;) {
    ssize_t got = read(from, buffer, sizeof buffer);
    if (got <= 0) return got == 0;
    for (ssize_t done = 0; done < got;) {
      ssize_t written = write(to, buffer + done, (size_t)(got - done));
      if (written < 0) return 0;
      done += written;
    }
  }
}

static int copy(const char* source, const char* target) {
  struct stat status;
  char inside[4096];
  if (stat(target, &status) == 0 && S_ISDIR(status.st_mode)) {
    const char* name = strrchr(source, '/');
    snprintf(inside, sizeof inside, "%s/%s", target, name ? name + 1 : source);
    target = inside;
  }
  int from = open(source, O_RDONLY);
  if (from < 0 || fstat(from, &status) < 0) {
    fprintf(stderr, "cp: cannot open '%s': %s\n", source, strerror(errno));
    return 0;
  }
  if (S_ISDIR(status.st_mode)) {
    fprintf(stderr, "cp: '%s' is a directory\n", source);
    close(from);
    return 0;
  }
  int to = open(target, O_WRONLY | O_CREAT | O_TRUNC, status.st_mode & 0777);
  int fine = to >= 0 && copy_bytes(from, to);
  if (!fine) fprintf(stderr, "cp: cannot write '%s': %s\n", target, strerror(errno));
  close(from);
  if (to >= 0) close(to);
  return fine;
}

int main(int argc, char** argv) {
  struct stat status;
  if (argc < 3 || (argc > 3 && (stat(argv[argc - 1], &status) < 0 || !S_ISDIR(status.st_mode)))) {
    fprintf(stderr, "usage: cp FILE... TARGET; TARGET must be a folder when there are several files\n");
    return 1;
  }
  int result = 0;
  for (int i = 1; i + 1 < argc; i++)
    if (!copy(argv[i], argv[argc - 1])) result = 1;
  return result;
}
