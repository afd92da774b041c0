// SPDX-License-Identifier: MIT
// Timers: setitimer on all three clocks, POSIX timers with overruns, timerfd, eventfd, signalfd,
// clocks and their refusals, limits on processor time.
#define _GNU_SOURCE
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/times.h>

#include "../check.h"

static void say(const char* name, long result) {
  if (result == -1)
    printf("%s: errno %d\n", name, errno);
  else
    printf("%s: %ld\n", name, result);
  fflush(stdout);
}

static volatile int counts[65];
static volatile siginfo_t last;
static void count(int number, siginfo_t* info, void* context) { counts[number]++, last = *info; }
static void handle(int number) {
  struct sigaction a = {.sa_sigaction = count, .sa_flags = SA_SIGINFO};
  sigaction(number, &a, NULL);
}
static void spin_until(int number, int times) {
  while (counts[number] < times) {
  }
}

static void intervals(void) {
  struct itimerval t = {{0, 0}, {0, 20000}}, old;
  handle(SIGALRM), handle(SIGVTALRM), handle(SIGPROF);
  say("which", setitimer(3, &t, NULL));
  say("bad microseconds", setitimer(0, &(struct itimerval){{0, 0}, {0, 1000000}}, NULL));
  say("real", setitimer(ITIMER_REAL, &t, NULL));
  pause();
  say("SIGALRM came", counts[SIGALRM]);
  say("its code", last.si_code);
  getitimer(ITIMER_REAL, &old);
  say("over", old.it_value.tv_sec + old.it_value.tv_usec);
  t.it_interval.tv_usec = 20000;
  setitimer(ITIMER_VIRTUAL, &t, NULL);
  spin_until(SIGVTALRM, 3);
  setitimer(ITIMER_VIRTUAL, &(struct itimerval){0}, &old);
  check("the virtual one repeats", old.it_interval.tv_usec == 20000);
  setitimer(ITIMER_PROF, &t, NULL);
  spin_until(SIGPROF, 2);
  setitimer(ITIMER_PROF, &(struct itimerval){0}, NULL);
  say("alarm, none before", alarm(100));
  say("alarm before", alarm(0));
}

static void posix_timers(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 77};
  int id;
  say("no such clock", syscall(SYS_timer_create, 55, &event, &id));
  say("no such signal", syscall(SYS_timer_create, 1, &(struct sigevent){.sigev_signo = 99}, &id));
  say("no such way", syscall(SYS_timer_create, 1, &(struct sigevent){.sigev_signo = 9, .sigev_notify = 9}, &id));
  say("no such timer", syscall(SYS_timer_delete, 12345));
  say("raw clock", syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, &event, &id));
  handle(SIGRTMIN + 1);
  sigset_t set, none;
  sigemptyset(&set), sigaddset(&set, SIGRTMIN + 1), sigemptyset(&none);
  sigprocmask(SIG_BLOCK, &set, NULL);
  say("create", syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id));
  struct itimerspec t = {{0, 10000000}, {0, 10000000}}, old;
  say("settime", syscall(SYS_timer_settime, id, 0, &t, NULL));
  sleep_ms(100);
  siginfo_t info;
  say("signal", sigwaitinfo(&set, &info) == SIGRTMIN + 1);
  say("code", info.si_code);
  say("value", info.si_value.sival_int);
  check("missed some", info.si_overrun >= 5 && info.si_overrun < 50);
  check("as getoverrun says", syscall(SYS_timer_getoverrun, id) == info.si_overrun);
  t = (struct itimerspec){{0, 0}, {0, 0}};
  say("stop", syscall(SYS_timer_settime, id, 0, &t, &old));
  check("it had an interval", old.it_interval.tv_nsec == 10000000);
  t.it_value.tv_sec = 1;
  say("absolute, past", syscall(SYS_timer_settime, id, TIMER_ABSTIME, &t, NULL));
  struct timespec limit = {2, 0};
  say("comes at once", sigtimedwait(&set, &info, &limit) == SIGRTMIN + 1);
  say("gettime", syscall(SYS_timer_gettime, id, &old));
  say("nothing left", old.it_value.tv_sec + old.it_value.tv_nsec);
  say("delete", syscall(SYS_timer_delete, id));
  say("gone", syscall(SYS_timer_gettime, id, &old));
  say("on processor time", syscall(SYS_timer_create, CLOCK_PROCESS_CPUTIME_ID, &event, &id));
  t = (struct itimerspec){{0, 0}, {0, 30000000}};
  syscall(SYS_timer_settime, id, 0, &t, NULL);
  int before = counts[SIGRTMIN + 1];
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  spin_until(SIGRTMIN + 1, before + 1);
  say("came while spinning", last.si_code);
  syscall(SYS_timer_delete, id);
}

static void files(void) {
  uint64_t value;
  say("timerfd clock", timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
  say("timerfd flags", timerfd_create(CLOCK_MONOTONIC, 1));
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  say("close on exec", fcntl(fd, F_GETFD));
  say("nothing yet", read(fd, &value, 8));
  say("too short", read(fd, &value, 4));
  struct itimerspec t = {{0, 10000000}, {0, 10000000}};
  say("settime", timerfd_settime(fd, 0, &t, NULL));
  say("not a timerfd", timerfd_settime(0, 0, &t, NULL));
  struct pollfd poll_fd = {fd, POLLIN, 0};
  say("poll", poll(&poll_fd, 1, 1000));
  sleep_ms(60);
  say("read", read(fd, &value, 8));
  check("several expirations", value >= 4 && value < 30);
  say("seek", lseek(fd, 0, SEEK_SET));
  fcntl(fd, F_SETFL, 0);
  say("waits for one", read(fd, &value, 8));
  close(fd);

  fd = eventfd(3, EFD_NONBLOCK);
  say("eventfd read", read(fd, &value, 8));
  say("what", value);
  say("again", read(fd, &value, 8));
  say("short", write(fd, &value, 4));
  value = ~0ull;
  say("largest", write(fd, &value, 8));
  value = ~1ull;
  say("nearly", write(fd, &value, 8));
  value = 1;
  say("full", write(fd, &value, 8));
  poll_fd = (struct pollfd){fd, POLLIN | POLLOUT, 0};
  poll(&poll_fd, 1, 0);
  say("full: events", poll_fd.revents);
  read(fd, &value, 8);
  poll(&poll_fd, 1, 0);
  say("empty: events", poll_fd.revents);
  close(fd);
  fd = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
  for (int i = 0; i < 3; i++) {
    value = 0;
    say("semaphore", read(fd, &value, 8));
    say("gives", value);
  }
  say("eventfd flags", eventfd(0, 7));
  pid_t child = fork();
  if (child == 0) {
    sleep_ms(20);
    value = 4;
    write(fd, &value, 8);
    _exit(0);
  }
  fcntl(fd, F_SETFL, 0);
  say("waits for the child", read(fd, &value, 8));
  status_of(child);
  close(fd);

  sigset_t set;
  sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGRTMIN + 2), sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  fd = signalfd(-1, &set, SFD_NONBLOCK);
  struct signalfd_siginfo records[3];
  say("no signal", read(fd, records, sizeof records));
  say("short", read(fd, records, 100));
  kill(getpid(), SIGUSR1);
  sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 5});
  poll_fd = (struct pollfd){fd, POLLIN, 0};
  say("poll", poll(&poll_fd, 1, 0));
  say("two records", read(fd, records, sizeof records) / sizeof *records);
  say("first", records[0].ssi_signo);
  say("code", records[0].ssi_code);
  check("from me", records[0].ssi_pid == getpid());
  say("second", records[1].ssi_signo - SIGRTMIN);
  say("value", records[1].ssi_int);
  child = fork();
  if (child == 0) _exit(6);
  fcntl(fd, F_SETFL, 0);
  say("child", read(fd, records, sizeof *records));
  check("who", records[0].ssi_pid == child);
  say("its status", records[0].ssi_status);
  say("its code", records[0].ssi_code);
  status_of(child);
  say("not a signalfd", signalfd(0, &set, 0));
  close(fd);
}

static void clocks(void) {
  struct timespec a, b;
  say("no such clock", clock_gettime(77, &a));
  say("clock 10", clock_gettime(10, &a));
  say("TAI", clock_gettime(11, &a));
  say("settable?", syscall(SYS_clock_settime, CLOCK_MONOTONIC, &(struct timespec){1, 0}));
  say("bad", syscall(SYS_clock_settime, CLOCK_REALTIME, &(struct timespec){1, -1}));
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
  sleep_ms(30);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
  check("sleep costs no processor time", (b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec < 20000000);
  clockid_t clock;
  say("clock of me", clock_getcpuclockid(0, &clock));
  say("readable", clock_gettime(clock, &a));
  say("of nobody", clock_gettime(~99999 << 3 | 2, &a));
  say("sleep on my thread's time",
      syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &(struct timespec){0, 1}, NULL));
  say("on raw time", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &(struct timespec){0, 1}, NULL));
  say("until the past", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &(struct timespec){0, 1}, NULL));
  say("bad time", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &(struct timespec){0, -1}, NULL));
  say("bad sleep", syscall(SYS_nanosleep, &(struct timespec){-1, 0}, NULL));
  clock_gettime(CLOCK_MONOTONIC, &a);
  a.tv_nsec += 20000000;
  if (a.tv_nsec >= 1000000000) a.tv_sec++, a.tv_nsec -= 1000000000;
  say("until soon", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &a, NULL));
  clock_gettime(CLOCK_MONOTONIC, &b);
  check("it is later", b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
  handle(SIGALRM);
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 20000}}, NULL);
  struct timespec left = {0, 0};
  say("interrupted", syscall(SYS_nanosleep, &(struct timespec){50, 0}, &left));
  check("time left", left.tv_sec == 49);
}

static void over_limit(void) {
  struct sigaction a = {.sa_sigaction = count, .sa_flags = SA_SIGINFO};
  sigaction(SIGXCPU, &a, NULL);
  setrlimit(RLIMIT_CPU, &(struct rlimit){1, 2});
  for (;;) {
    if (counts[SIGXCPU] == 1) counts[SIGXCPU]++, write(1, "SIGXCPU\n", 8);
  }
}

int main(void) {
  intervals();
  posix_timers();
  files();
  clocks();
  printf("processor time used up: %x\n", in_child(over_limit));
  return finish();
}
