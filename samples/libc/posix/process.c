// SPDX-License-Identifier: MIT
// Processes: the exec family and waiting.
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t waitpid(pid_t pid, int* status, int options) { return wait4(pid, status, options, NULL); }
pid_t wait(int* status) { return waitpid(-1, status, 0); }

int execv(const char* path, char* const argv[]) { return execve(path, argv, environ); }

/// A text file that no binfmt takes is run by the shell, as execvp(3) says.
static int exec_or_shell(const char* path, char* const argv[], char* const envp[]) {
  execve(path, argv, envp);
  if (errno != ENOEXEC) return -1;
  size_t count = 0;
  while (argv[count]) count++;
  char* shell_argv[count + 3];
  shell_argv[0] = "sh";
  shell_argv[1] = (char*)path;
  for (size_t i = 1; i <= count; i++) shell_argv[i + 1] = argv[i];
  if (count == 0) shell_argv[2] = NULL;
  return execve("/bin/sh", shell_argv, envp);
}

int execvpe(const char* name, char* const argv[], char* const envp[]) {
  if (!*name) {
    errno = ENOENT;
    return -1;
  }
  if (strchr(name, '/')) return exec_or_shell(name, argv, envp);
  const char* folders = getenv("PATH");
  if (!folders) folders = "/bin:/sbin:/usr/bin";
  int denied = 0;
  for (const char* folder = folders;; folder++) {
    size_t length = strcspn(folder, ":");
    char path[4096];
    if (length + strlen(name) + 2 <= sizeof path) {
      memcpy(path, folder, length);
      if (length) path[length++] = '/';
      strcpy(path + length, name);
      exec_or_shell(path, argv, envp);
      if (errno == EACCES)
        denied = 1;
      else if (errno != ENOENT && errno != ENOTDIR)
        return -1;
    }
    folder += strcspn(folder, ":");
    if (!*folder) break;
  }
  errno = denied ? EACCES : ENOENT;
  return -1;
}

int execvp(const char* name, char* const argv[]) { return execvpe(name, argv, environ); }

#define COLLECT(argv, first)           \
  va_list args;                        \
  va_start(args, first);               \
  size_t count = 1;                    \
  while (va_arg(args, char*)) count++; \
  va_end(args);                        \
  char* argv[count + 1];               \
  va_start(args, first);               \
  argv[0] = (char*)first;              \
  for (size_t i = 1; i <= count; i++) argv[i] = va_arg(args, char*)

int execl(const char* path, const char* first, ...) {
  COLLECT(argv, first);
  va_end(args);
  return execve(path, argv, environ);
}

int execlp(const char* name, const char* first, ...) {
  COLLECT(argv, first);
  va_end(args);
  return execvpe(name, argv, environ);
}

int execle(const char* path, const char* first, ...) {
  COLLECT(argv, first);
  char* const* envp = va_arg(args, char* const*);
  va_end(args);
  return execve(path, argv, envp);
}
