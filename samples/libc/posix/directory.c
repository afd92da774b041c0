// SPDX-License-Identifier: MIT
// Directories: getdents64(2) fills a buffer with entries of varying length; readdir() walks it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct Directory {
  int fd;
  long at, filled;
  char buffer[2048] __attribute__((aligned(8)));
};

ssize_t getdents64(int fd, void* to, size_t size);

DIR* fdopendir(int fd) {
  DIR* directory = malloc(sizeof *directory);
  if (!directory) return NULL;
  directory->fd = fd;
  directory->at = directory->filled = 0;
  return directory;
}

DIR* opendir(const char* path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return NULL;
  DIR* directory = fdopendir(fd);
  if (!directory) close(fd);
  return directory;
}

struct dirent* readdir(DIR* directory) {
  if (directory->at >= directory->filled) {
    directory->at = 0;
    directory->filled = getdents64(directory->fd, directory->buffer, sizeof directory->buffer);
    if (directory->filled <= 0) return NULL;
  }
  struct dirent* entry = (struct dirent*)(directory->buffer + directory->at);
  directory->at += entry->d_reclen;
  return entry;
}

void rewinddir(DIR* directory) {
  lseek(directory->fd, 0, SEEK_SET);
  directory->at = directory->filled = 0;
}

int dirfd(DIR* directory) { return directory->fd; }

int closedir(DIR* directory) {
  int result = close(directory->fd);
  free(directory);
  return result;
}
