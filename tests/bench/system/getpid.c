// SPDX-License-Identifier: MIT
// getpid COUNT: that many system calls that do next to nothing: the price of the way in and out.
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char** argv) {
  long count = argc > 1 ? atol(argv[1]) : 1;
  pid_t self = getpid();
  while (count-- > 0)
    if (getpid() != self) return 1;
  return 0;
}
