// SPDX-License-Identifier: MIT
// fork and wait: who is whose child, who gets which status.
#include "check.h"

static int shared_by_mistake = 1;

static void orphan_test(void) {
  int ends[2], report = 0;
  pipe(ends);
  pid_t middle = fork();
  if (middle == 0) {
    pid_t parent = getpid();
    if (fork() == 0) {
      for (int i = 0; i < 1000 && getppid() == parent; i++) sleep_ms(1);
      report = getppid() != parent;
      write(ends[1], &report, sizeof report);
      _exit(0);
    }
    _exit(5);
  }
  equal("the parent of an orphan ended", status_of(middle), 5 << 8);
  read(ends[0], &report, sizeof report);
  equal("an orphan gets a new parent", report, 1);
  close(ends[0]), close(ends[1]);
}

static void wait_tests(void) {
  int ends[2], status;
  char byte;
  pipe(ends);
  pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    read(ends[0], &byte, 1);
    _exit(9);
  }
  close(ends[0]);
  equal("WNOHANG while the child lives", waitpid(child, &status, WNOHANG), 0);
  fails("waiting for somebody else's child", waitpid(1, &status, WNOHANG), ECHILD);
  close(ends[1]);
  equal("waitpid gives the child", waitpid(child, &status, 0), child);
  equal("its status", status, 9 << 8);
  fails("a status is given once", waitpid(child, &status, 0), ECHILD);
  fails("unknown options", waitpid(-1, &status, 0x100), EINVAL);
}

static void zombie_test(void) {
  pid_t child = fork();
  if (child == 0) _exit(3);
  sleep_ms(50);
  equal("a zombie can be signalled", kill(child, 0), 0);
  equal("a zombie's status waits", status_of(child), 3 << 8);
  fails("then nothing is left of it", kill(child, 0), ESRCH);
}

static void many_children(void) {
  pid_t pids[40];
  int seen = 0, sum = 0, status;
  for (int i = 0; i < 40; i++)
    if ((pids[i] = fork()) == 0) _exit(i);
  for (pid_t pid; (pid = wait(&status)) > 0;)
    for (int i = 0; i < 40; i++)
      if (pids[i] == pid && status == i << 8) seen++, sum += i;
  equal("forty children", seen, 40);
  equal("their statuses", sum, 780);
}

static int descend(int depth) {
  if (depth == 0) return 1;
  pid_t child = fork();
  if (child == 0) _exit(descend(depth - 1));
  return WEXITSTATUS(status_of(child)) + 1;
}

int main(void) {
  pid_t self = getpid(), child = fork();
  if (child == 0) _exit(getppid() == self && getpid() != self ? 21 : 22);
  check("fork gives the parent the child's number", child > 0);
  equal("and the child 0, with its parent's number at hand", status_of(child), 21 << 8);
  child = fork();
  if (child == 0) {
    shared_by_mistake = 2;
    _exit(shared_by_mistake);
  }
  equal("the child's memory is its own", status_of(child), 2 << 8);
  equal("the parent's too", shared_by_mistake, 1);
  orphan_test();
  wait_tests();
  zombie_test();
  many_children();
  equal("a line of twenty generations", descend(20), 21);
  check("process groups are inherited", getpgid(0) == getpgrp());
  child = fork();
  if (child == 0) _exit(setsid() == getpid() && getpgrp() == getpid() && getsid(0) == getpid() ? 1 : 2);
  equal("setsid", status_of(child), 1 << 8);
  child = fork();
  if (child == 0) _exit(setpgid(0, 0) == 0 && getpgrp() == getpid() ? 1 : 2);
  equal("setpgid", status_of(child), 1 << 8);
  return finish();
}
