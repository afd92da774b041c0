// SPDX-License-Identifier: MIT
// pingpong COUNT: a byte goes to another process and comes back that many times, through two pipes;
// each way is a switch from one process to the other.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void echo_bytes(int from, int to) {
  char byte;
  while (read(from, &byte, 1) == 1)
    if (write(to, &byte, 1) != 1) _exit(1);
  _exit(0);
}

int main(int argc, char** argv) {
  long count = argc > 1 ? atol(argv[1]) : 1;
  int there[2], back[2];
  if (pipe(there) != 0 || pipe(back) != 0) return 1;
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    close(there[1]);
    close(back[0]);
    echo_bytes(there[0], back[1]);
  }
  for (long i = 0; i < count; i++) {
    char byte = (char)i, answer;
    if (write(there[1], &byte, 1) != 1 || read(back[0], &answer, 1) != 1 || answer != byte) return 1;
  }
  close(there[1]);
  int status;
  return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}
