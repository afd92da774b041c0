// SPDX-License-Identifier: MIT
// Watch: rename(2) moves a name, not a byte of the file.
// mv FILE… TARGET
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char** argv) {
  struct stat status;
  int into_folder = argc > 2 && stat(argv[argc - 1], &status) == 0 && S_ISDIR(status.st_mode);
  if (argc < 3 || (argc > 3 && !into_folder)) {
    fprintf(stderr, "usage: mv FILE... TARGET; TARGET must be a folder when there are several files\n");
    return 1;
  }
  int result = 0;
  for (int i = 1; i + 1 < argc; i++) {
    char inside[4096];
    const char *name = strrchr(argv[i], '/'), *target = argv[argc - 1];
    if (into_folder) {
      snprintf(inside, sizeof inside, "%s/%s", target, name ? name + 1 : argv[i]);
      target = inside;
    }
    if (rename(argv[i], target) < 0) {
      fprintf(stderr, "mv: cannot move '%s' to '%s': %s\n", argv[i], target, strerror(errno));
      result = 1;
    }
  }
  return result;
}
