// SPDX-License-Identifier: MIT
// Watch: link(2) gives a file a second name (see the count in ls -l); symlink(2) makes a file that
// holds a path.
// ln [-s] FILE NAME
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  int symbolic = argc > 1 && strcmp(argv[1], "-s") == 0;
  if (argc != 3 + symbolic) {
    fprintf(stderr, "usage: ln [-s] FILE NAME\n");
    return 1;
  }
  const char *file = argv[argc - 2], *name = argv[argc - 1];
  if ((symbolic ? symlink : link)(file, name) == 0) return 0;
  fprintf(stderr, "ln: cannot make '%s': %s\n", name, strerror(errno));
  return 1;
}
