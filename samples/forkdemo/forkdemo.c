// SPDX-License-Identifier: MIT
// Watch: one process becomes seven. fork(2) returns twice: 0 in the child, the child's number in the
// parent. Two leaves compute (running or ready), two sleep (in nanosleep), the others wait for their
// children (in wait4); each that ends is a zombie until its parent has fetched its status.
// forkdemo [SECONDS]: how long the leaves live, 1 unless said otherwise.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double lifetime = 1;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void compute(double seconds) {
  double end = now() + seconds;
  while (now() < end)
    for (volatile long i = 0; i < 300000; i++) {
    }
}

static void doze(double seconds) {
  struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  while (nanosleep(&t, &t) < 0 && errno == EINTR) {
  }
}

/// A leaf computes or sleeps for its life and ends with its own digit as status.
static int leaf(const char* name, int which, int busy) {
  printf("%-10s process %d, child of %d: %s for %g s\n", name, getpid(), getppid(), busy ? "I compute" : "I sleep",
         lifetime);
  if (busy)
    compute(lifetime);
  else
    doze(lifetime);
  return which;
}

/// Waits for `count` children and adds up their exit statuses.
static int gather(const char* name, int count) {
  int sum = 0;
  for (; count > 0; count--) {
    int status;
    pid_t pid = wait(&status);
    printf("%-10s process %d fetched the status of %d: %d\n", name, getpid(), pid, WEXITSTATUS(status));
    sum += WEXITSTATUS(status);
  }
  return sum;
}

static pid_t fork_or_die(void) {
  fflush(stdout);  // or parent and child would both print what is still in the buffer
  pid_t pid = fork();
  if (pid < 0) {
    perror("forkdemo: fork");
    exit(1);
  }
  return pid;
}

static int branch(int number) {
  char name[16];
  snprintf(name, sizeof name, "branch %d", number);
  printf("%-10s process %d, child of %d: I fork two leaves\n", name, getpid(), getppid());
  for (int i = 1; i <= 2; i++) {
    if (fork_or_die() != 0) continue;
    char leaf_name[16];
    snprintf(leaf_name, sizeof leaf_name, "leaf %d.%d", number, i);
    exit(leaf(leaf_name, i, i == 1));
  }
  return gather(name, 2);
}

int main(int argc, char** argv) {
  if (argc > 1) lifetime = strtod(argv[1], NULL);
  if (argc > 2 || lifetime < 0 || lifetime > 1e6) {
    fprintf(stderr, "usage: forkdemo [SECONDS]\n");
    return 2;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("%-10s process %d, child of %d: I fork two branches\n", "trunk", getpid(), getppid());
  for (int i = 1; i <= 2; i++)
    if (fork_or_die() == 0) exit(branch(i));
  int sum = gather("trunk", 2);
  printf("%-10s all six descendants have ended; their statuses add up to %d\n", "trunk", sum);
  return sum == 6 ? 0 : 1;
}
