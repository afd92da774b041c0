// SPDX-License-Identifier: MIT
// Watch: unlink(2) takes a name away; the file itself lives on while somebody has it open.
// rm [-rf] FILE…
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int recursive, force, result;

static void fail(const char* path) {
  if (force && errno == ENOENT) return;
  fprintf(stderr, "rm: cannot remove '%s': %s\n", path, strerror(errno));
  result = 1;
}

static void remove_path(const char* path);

static void remove_folder(const char* path) {
  DIR* directory = opendir(path);
  if (!directory) return fail(path);
  for (struct dirent* entry; (entry = readdir(directory));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char inside[4096];
    snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
    remove_path(inside);
  }
  closedir(directory);
  if (rmdir(path) < 0) fail(path);
}

static void remove_path(const char* path) {
  struct stat status;
  if (lstat(path, &status) < 0) return fail(path);
  if (S_ISDIR(status.st_mode)) {
    if (recursive) return remove_folder(path);
    errno = EISDIR;
    return fail(path);
  }
  if (unlink(path) < 0) fail(path);
}

int main(int argc, char** argv) {
  for (int option; (option = getopt(argc, argv, "rRf")) != -1;) {
    switch (option) {
      case 'f': force = 1; break;
      case '?': return 1;
      default: recursive = 1;
    }
  }
  if (optind == argc && !force) {
    fprintf(stderr, "usage: rm [-rf] FILE...\n");
    return 1;
  }
  for (; optind < argc; optind++) remove_path(argv[optind]);
  return result;
}
