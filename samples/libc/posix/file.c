// SPDX-License-Identifier: MIT
// Files: where C's function differs from the kernel's call.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../syscall/raw.h"

ssize_t pread(int fd, void* to, size_t count, off_t offset) { return libc_result(sys_pread64(fd, to, count, offset)); }

ssize_t pwrite(int fd, const void* from, size_t count, off_t offset) {
  return libc_result(sys_pwrite64(fd, from, count, offset));
}

/// The kernel answers with the length; C wants the buffer.
char* getcwd(char* to, size_t size) {
  char* buffer = to ? to : malloc(size = size ? size : 4096);
  if (!buffer) return NULL;
  if (libc_result(sys_getcwd(buffer, size)) >= 0) return buffer;
  if (!to) free(buffer);
  return NULL;
}

int mkfifo(const char* path, mode_t mode) { return mknod(path, mode | S_IFIFO, 0); }

int remove(const char* path) {
  if (unlink(path) == 0) return 0;
  return errno == EISDIR || errno == EPERM ? rmdir(path) : -1;
}
