// SPDX-License-Identifier: MIT
// Watch: the working directory belongs to the process: the kernel knows it, not the program.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  char path[4096];
  if (!getcwd(path, sizeof path)) {
    perror("pwd");
    return 1;
  }
  puts(path);
  return 0;
}
