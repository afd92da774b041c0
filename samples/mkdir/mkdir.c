// SPDX-License-Identifier: MIT
// mkdir [-p] FOLDER…: -p makes what is missing above it and does not mind what is there.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make(const char* path, int may_exist) {
  if (mkdir(path, 0777) == 0) return 1;
  struct stat status;
  int reason = errno;
  if (may_exist && reason == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode)) return 1;
  fprintf(stderr, "mkdir: cannot create directory '%s': %s\n", path, strerror(reason));
  return 0;
}

static int make_with_parents(char* path) {
  for (char* slash = path; (slash = strchr(slash + 1, '/'));) {
    *slash = 0;
    int fine = make(path, 1);
    *slash = '/';
    if (!fine) return 0;
  }
  return make(path, 1);
}

int main(int argc, char** argv) {
  int parents = 0, result = 0;
  for (int option; (option = getopt(argc, argv, "p")) != -1;) {
    if (option == '?') return 1;
    parents = 1;
  }
  if (optind == argc) {
    fprintf(stderr, "usage: mkdir [-p] FOLDER...\n");
    return 1;
  }
  for (; optind < argc; optind++)
    if (!(parents ? make_with_parents(argv[optind]) : make(argv[optind], 0))) result = 1;
  return result;
}
