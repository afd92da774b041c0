// SPDX-License-Identifier: MIT
// tee [-a] FILE…: copies standard input to standard output and to the files.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { most = 16 };

int main(int argc, char** argv) {
  int outputs[most] = {1}, count = 1, result = 0;
  int append = argc > 1 && strcmp(argv[1], "-a") == 0;
  for (int i = 1 + append; i < argc && count < most; i++) {
    int fd = open(argv[i], O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0666);
    if (fd < 0) {
      fprintf(stderr, "tee: %s: %s\n", argv[i], strerror(errno));
      result = 1;
    } else {
      outputs[count++] = fd;
    }
  }
  char buffer[4096];
  for (ssize_t got; (got = read(0, buffer, sizeof buffer)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return 1;
    for (int i = 0; i < count; i++)
      if (write(outputs[i], buffer, (size_t)got) != got) result = 1;
  }
  return result;
}
