// SPDX-License-Identifier: MIT
// execs COUNT: a child that becomes /bin/true is made and waited for, that many times.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  char* const arguments[] = {"true", NULL};
  char* const environment[] = {NULL};
  for (long count = argc > 1 ? atol(argv[1]) : 1; count > 0; count--) {
    pid_t child = fork();
    if (child == 0) {
      execve("/bin/true", arguments, environment);
      _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  return 0;
}
