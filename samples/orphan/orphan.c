// SPDX-License-Identifier: MIT
// Watch: a process whose parent ends first. The kernel gives it a new parent, init (process 1), which
// will fetch its status.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/// The process that outlives its parent; a closed pipe tells when the parent is gone.
static void outlive(int parent_alive) {
  printf("grandchild %d: my parent is %d\n", getpid(), getppid());
  fflush(stdout);
  char byte;
  while (read(parent_alive, &byte, 1) > 0) {
  }
  pid_t init = getppid();
  for (int tries = 0; init != 1 && tries < 100; tries++) {
    usleep(1000);
    init = getppid();
  }
  printf("grandchild %d: my parent is %d\n", getpid(), init);
}

int main(void) {
  int alive[2], done[2];
  if (pipe(alive) < 0 || pipe(done) < 0) {
    perror("orphan: pipe");
    return 1;
  }
  pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) {
      close(alive[1]);
      outlive(alive[0]);
      return 0;
    }
    usleep(100000);
    printf("child %d: I end now\n", getpid());
    return 0;
  }
  close(alive[1]);
  close(done[1]);
  waitpid(child, NULL, 0);
  char byte;
  while (read(done[0], &byte, 1) > 0) {  // until the grandchild has ended too
  }
  printf("parent %d: both have ended, but only the child's status was mine to fetch\n", getpid());
  return 0;
}
