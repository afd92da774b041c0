// SPDX-License-Identifier: MIT
// rmdir FOLDER…: removes empty folders.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  int result = 0;
  for (int i = 1; i < argc; i++)
    if (rmdir(argv[i]) < 0) {
      fprintf(stderr, "rmdir: failed to remove '%s': %s\n", argv[i], strerror(errno));
      result = 1;
    }
  return argc < 2 ? 1 : result;
}
