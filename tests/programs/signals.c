// SPDX-License-Identifier: MIT
// Signals: handlers, masks, interrupted calls, stopping and going on.
#include "check.h"

static volatile int count, order[8], ordered, last, code;
static volatile pid_t sender;

static void counting(int number) {
  count++;
  last = number;
}
static void ordering(int number) { order[ordered++ & 7] = number; }
static void nested(int number) {
  order[ordered++ & 7] = number;
  if (number == SIGUSR1) raise(SIGUSR2);
  order[ordered++ & 7] = -number;
}
static void informed(int number, siginfo_t* info, void* context) {
  last = number;
  code = info->si_code;
  sender = info->si_pid;
  check("a context is given", context != NULL);
}

static void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(number, &action, NULL);
}

static void basics(void) {
  struct sigaction old;
  handle(SIGUSR1, counting, 0);
  raise(SIGUSR1);
  equal("a handler runs", count, 1);
  sigaction(SIGUSR1, NULL, &old);
  check("sigaction tells the handler", old.sa_handler == counting);
  kill(getpid(), SIGUSR1);
  equal("and again", count, 2);
  handle(SIGUSR1, counting, SA_RESETHAND);
  raise(SIGUSR1);
  sigaction(SIGUSR1, NULL, &old);
  check("SA_RESETHAND", count == 3 && old.sa_handler == SIG_DFL);
  signal(SIGUSR1, SIG_IGN);
  equal("ignored", raise(SIGUSR1), 0);
  fails("SIGKILL cannot be handled", signal(SIGKILL, counting) == SIG_ERR ? -1 : 0, EINVAL);
  fails("no such signal", kill(getpid(), 99), EINVAL);
  fails("no such process", kill(999999, 0), ESRCH);
}

static void masks(void) {
  sigset_t block, old, pending;
  handle(SIGUSR1, ordering, 0), handle(SIGUSR2, ordering, 0);
  sigemptyset(&block), sigaddset(&block, SIGUSR1), sigaddset(&block, SIGUSR2);
  sigprocmask(SIG_BLOCK, &block, &old);
  raise(SIGUSR2), raise(SIGUSR1), raise(SIGUSR1);
  equal("blocked", ordered, 0);
  sigpending(&pending);
  check("pending", sigismember(&pending, SIGUSR1) && sigismember(&pending, SIGUSR2) && !sigismember(&pending, SIGINT));
  sigprocmask(SIG_SETMASK, &old, NULL);
  equal("delivered, each once", ordered, 2);

  ordered = 0;
  struct sigaction action = {.sa_handler = nested};
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaction(SIGUSR1, &action, NULL);
  handle(SIGUSR2, nested, 0);
  raise(SIGUSR1);
  check("sa_mask holds the second back", order[0] == SIGUSR1 && order[1] == -SIGUSR1 && order[2] == SIGUSR2);
  ordered = 0;
  handle(SIGUSR1, nested, 0);
  raise(SIGUSR1);
  check("without it they nest", order[0] == SIGUSR1 && order[1] == SIGUSR2 && order[3] == -SIGUSR1);

  handle(SIGUSR1, counting, 0);
  count = 0;
  sigprocmask(SIG_BLOCK, &block, &old);
  raise(SIGUSR1);
  sigset_t none;
  sigemptyset(&none);
  fails("sigsuspend", sigsuspend(&none), EINTR);
  equal("ran the handler", count, 1);
  sigprocmask(0, NULL, &pending);
  check("and put the mask back", sigismember(&pending, SIGUSR1));
  sigprocmask(SIG_SETMASK, &old, NULL);
}

/// A read that a child's signal interrupts, then feeds.
static long interrupted_read(int flags) {
  int ends[2];
  char byte;
  pipe(ends);
  handle(SIGUSR1, counting, flags);
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    sleep_ms(30);
    kill(parent, SIGUSR1);
    sleep_ms(30);
    write(ends[1], "x", 1);
    _exit(0);
  }
  long got = read(ends[0], &byte, 1);
  if (got < 0) got = -errno;
  status_of(child);
  close(ends[0]), close(ends[1]);
  return got;
}

static void children(void) {
  handle(SIGCHLD, counting, SA_RESTART);
  count = 0;
  pid_t child = fork();
  if (child == 0) _exit(0);
  status_of(child);
  equal("SIGCHLD", count, 1);
  signal(SIGCHLD, SIG_DFL);

  int status;
  child = fork();
  if (child == 0)
    for (;;) pause();
  kill(child, SIGSTOP);
  equal("WUNTRACED", waitpid(child, &status, WUNTRACED), child);
  check("stopped by SIGSTOP", WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
  equal("a stopped child is not over", waitpid(child, &status, WNOHANG), 0);
  kill(child, SIGCONT);
  equal("WCONTINUED", waitpid(child, &status, WCONTINUED), child);
  check("goes on", WIFCONTINUED(status));
  kill(child, SIGTERM);
  equal("ended by SIGTERM", status_of(child), SIGTERM);

  pid_t group = fork();
  if (group == 0) {
    setpgid(0, 0);
    for (int i = 0; i < 2; i++)
      if (fork() == 0) pause();
    raise(SIGSTOP);
    pause();
  }
  waitpid(group, &status, WUNTRACED);
  kill(-group, SIGKILL);
  equal("a signal to a process group", status_of(group), SIGKILL);
}

int main(void) {
  basics();
  masks();
  struct sigaction action = {.sa_sigaction = informed, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  kill(getpid(), SIGUSR1);
  check("SA_SIGINFO", last == SIGUSR1 && code == 0 && sender == getpid());
  equal("a handler interrupts read", interrupted_read(0), -EINTR);
  equal("SA_RESTART restarts it", interrupted_read(SA_RESTART), 1);
  handle(SIGALRM, counting, 0);
  count = 0;
  struct itimerval soon = {.it_value = {0, 20000}};
  setitimer(ITIMER_REAL, &soon, NULL);
  struct timespec wanted = {5, 0}, left = {0, 0};
  fails("a timer ends nanosleep", nanosleep(&wanted, &left), EINTR);
  check("which tells what was left", left.tv_sec >= 3 && left.tv_sec < 5 && count == 1);
  children();
  double x = 1.5;
  handle(SIGUSR1, counting, 0);
  for (int i = 0; i < 100; i++) {
    raise(SIGUSR1);
    x = x * 1.01 + 0.001;
  }
  printf("floating point survives handlers: %.12f\n", x);
  return finish();
}
