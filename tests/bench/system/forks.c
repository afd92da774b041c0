// SPDX-License-Identifier: MIT
// forks COUNT: a child that ends at once is made and waited for, that many times.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  for (long count = argc > 1 ? atol(argv[1]) : 1; count > 0; count--) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  return 0;
}
