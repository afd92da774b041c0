// SPDX-License-Identifier: MIT
// Watch: the environment is nothing but strings above argv on the stack, copied by each execve.
// env [-i] [NAME=VALUE…] [PROGRAM [ARG…]]
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  int i = 1;
  if (i < argc && (strcmp(argv[i], "-i") == 0 || strcmp(argv[i], "-") == 0)) {
    static char* nothing[] = {NULL};
    environ = nothing;
    i++;
  }
  for (; i < argc && strchr(argv[i], '='); i++) putenv(argv[i]);
  if (i < argc) {
    execvp(argv[i], argv + i);
    int reason = errno;
    fprintf(stderr, "env: '%s': %s\n", argv[i], strerror(reason));
    return reason == ENOENT ? 127 : 126;
  }
  for (char** entry = environ; *entry; entry++) puts(*entry);
  return 0;
}
