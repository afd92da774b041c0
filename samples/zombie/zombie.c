// SPDX-License-Identifier: MIT
// Watch: a child that has ended and whose parent has not asked for its status yet. All that is left
// of it is an entry in the process table, state Z.
// zombie [SECONDS]: how long the parent takes to ask, 1 unless said otherwise.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/// The letter after the name in /proc/PID/stat, '?' when there is no such file.
static char state_of(pid_t pid) {
  char path[64], line[512] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY);
  if (fd < 0) return '?';
  ssize_t got = read(fd, line, sizeof line - 1);
  close(fd);
  char* name_end = got > 0 ? strrchr(line, ')') : NULL;
  return name_end ? name_end[2] : '?';
}

int main(int argc, char** argv) {
  double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
  pid_t child = fork();
  if (child < 0) {
    perror("zombie: fork");
    return 1;
  }
  if (child == 0) _exit(42);
  printf("parent %d: child %d ends with status 42, and I do not ask for it yet\n", getpid(), child);
  fflush(stdout);
  usleep((unsigned)(seconds * 1e6));
  printf("its state in /proc is %c\n", state_of(child));
  int status;
  waitpid(child, &status, 0);
  printf("now I asked: status %d; its state in /proc is %c\n", WEXITSTATUS(status), state_of(child));
  return 0;
}
