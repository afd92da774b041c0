// SPDX-License-Identifier: MIT
// What the programs of this folder share beside check.h: error numbers by name, a folder to work in.
#pragma once
#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#endif

#include "../check.h"

/// "ENOENT" for ENOENT; a call's result for what is not an error.
__attribute__((unused)) static const char* error_name(long result) {
  static char text[32];
  static const struct {
    int number;
    const char* name;
  } names[] = {{EPERM, "EPERM"},
               {ENOENT, "ENOENT"},
               {EINTR, "EINTR"},
               {EIO, "EIO"},
               {ENXIO, "ENXIO"},
               {EBADF, "EBADF"},
               {EAGAIN, "EAGAIN"},
               {ENOMEM, "ENOMEM"},
               {EACCES, "EACCES"},
               {EFAULT, "EFAULT"},
               {EBUSY, "EBUSY"},
               {EEXIST, "EEXIST"},
               {EXDEV, "EXDEV"},
               {ENODEV, "ENODEV"},
               {ENOTDIR, "ENOTDIR"},
               {EISDIR, "EISDIR"},
               {EINVAL, "EINVAL"},
               {EMFILE, "EMFILE"},
               {ENOTTY, "ENOTTY"},
               {ETXTBSY, "ETXTBSY"},
               {EFBIG, "EFBIG"},
               {ENOSPC, "ENOSPC"},
               {ESPIPE, "ESPIPE"},
               {EROFS, "EROFS"},
               {EMLINK, "EMLINK"},
               {EPIPE, "EPIPE"},
               {ERANGE, "ERANGE"},
               {EDEADLK, "EDEADLK"},
               {ENAMETOOLONG, "ENAMETOOLONG"},
               {ENOLCK, "ENOLCK"},
               {ENOSYS, "ENOSYS"},
               {ENOTEMPTY, "ENOTEMPTY"},
               {ELOOP, "ELOOP"},
               {EOVERFLOW, "EOVERFLOW"},
               {ENOTSOCK, "ENOTSOCK"},
               {EDESTADDRREQ, "EDESTADDRREQ"},
               {EMSGSIZE, "EMSGSIZE"},
               {EPROTOTYPE, "EPROTOTYPE"},
               {ENOPROTOOPT, "ENOPROTOOPT"},
               {EPROTONOSUPPORT, "EPROTONOSUPPORT"},
               {ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"},
               {EOPNOTSUPP, "EOPNOTSUPP"},
               {EAFNOSUPPORT, "EAFNOSUPPORT"},
               {EADDRINUSE, "EADDRINUSE"},
               {ECONNRESET, "ECONNRESET"},
               {EISCONN, "EISCONN"},
               {ENOTCONN, "ENOTCONN"},
               {ECONNREFUSED, "ECONNREFUSED"},
               {ENODATA, "ENODATA"},
               {ESRCH, "ESRCH"},
               {ECHILD, "ECHILD"}};
  if (result >= 0) {
    snprintf(text, sizeof text, "%ld", result);
    return text;
  }
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
    if (names[i].number == errno) return names[i].name;
  snprintf(text, sizeof text, "errno %d", errno);
  return text;
}

/// Prints what a call gave: the comparison is with what the host's Linux printed.
__attribute__((unused)) static long says(const char* name, long result) {
  printf("%s: %s\n", name, error_name(result));
  fflush(stdout);
  return result;
}
#define SAYS(call) says(#call, (long)(call))

static char work_folder[64];
__attribute__((unused)) static void enter_folder(const char* name) {
  snprintf(work_folder, sizeof work_folder, "/tmp/lucid-%s-%d", name, getpid());
  umask(022);
  mkdir(work_folder, 0755);
  chdir(work_folder);
}
__attribute__((unused)) static void leave_folder(void) {
  chdir("/");
  SAYS(rmdir(work_folder) == 0);
}

__attribute__((unused)) static int touch(const char* path, const char* text) {
  int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);
  write(fd, text, strlen(text));
  return close(fd);
}

/// Runs a function as an ordinary user, in a child; its output appears in order.
__attribute__((unused)) static void as_user(void (*function)(void)) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    setresgid(1000, 1000, 1000);
    setresuid(1000, 1000, 1000);
    function();
    fflush(stdout);
    _exit(0);
  }
  status_of(pid);
}
