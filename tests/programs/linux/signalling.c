// SPDX-License-Identifier: MIT
// Signals in depth: alternate stacks, order of delivery, queues, restarts, what faults tell, stops.
#define _GNU_SOURCE
#include <setjmp.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "../check.h"

static void say(const char* name, long result) {
  if (result == -1)
    printf("%s: errno %d\n", name, errno);
  else
    printf("%s: %ld\n", name, result);
  fflush(stdout);
}

static char order[256];
static volatile int calls;
static volatile siginfo_t last;
static volatile long stack_at, flags_seen;
static void note(int number, siginfo_t* info, void* context) {
  char* end = order + strlen(order);
  if (end < order + 200) sprintf(end, "%d ", number >= SIGRTMIN ? 100 + number - SIGRTMIN : number);
  calls++;
  last = *info;
  stack_at = (long)__builtin_frame_address(0);
  flags_seen = ((ucontext_t*)context)->uc_stack.ss_flags;
}
static void handle(int number, int flags) {
  struct sigaction a = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | flags};
  sigaction(number, &a, NULL);
}
static void block(int how, int number) {
  sigset_t set;
  sigemptyset(&set), sigaddset(&set, number);
  sigprocmask(how, &set, NULL);
}

static char alternate[16384];
static int on_it(void) { return stack_at >= (long)alternate && stack_at < (long)(alternate + sizeof alternate); }

static void deep(int number, siginfo_t* info, void* context) {
  stack_t s;
  sigaltstack(NULL, &s);
  flags_seen = s.ss_flags;
  say("change while in use", sigaltstack(&(stack_t){alternate, 0, sizeof alternate}, NULL));
}
static void stacks(void) {
  stack_t s = {alternate, 0, sizeof alternate}, old;
  handle(SIGUSR1, SA_ONSTACK);
  say("none", sigaltstack(NULL, &old));
  say("disabled", old.ss_flags);
  say("too small", sigaltstack(&(stack_t){alternate, 0, 100}, NULL));
  say("bad flags", sigaltstack(&(stack_t){alternate, 4, sizeof alternate}, NULL));
  say("bad address", syscall(SYS_sigaltstack, 8, NULL));
  say("set", sigaltstack(&s, NULL));
  raise(SIGUSR1);
  say("handler on it", on_it());
  say("left again", (sigaltstack(NULL, &old), old.ss_flags));
  handle(SIGUSR1, 0);
  raise(SIGUSR1);
  say("not without SA_ONSTACK", on_it());
  struct sigaction a = {.sa_sigaction = deep, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaction(SIGUSR1, &a, NULL);
  raise(SIGUSR1);
  say("flags while in use", flags_seen);
  handle(SIGUSR1, SA_ONSTACK);
  s.ss_flags = 1u << 31;
  say("self-disarming", sigaltstack(&s, NULL));
  raise(SIGUSR1);
  say("on it", on_it());
  printf("flags saved then: %x\n", (unsigned)flags_seen);
  sigaltstack(NULL, &old);
  printf("afterwards: flags %x size %ld\n", old.ss_flags, (long)old.ss_size);
  say("disable", sigaltstack(&(stack_t){0, SS_DISABLE, 0}, NULL));
}

static void delivery(void) {
  int numbers[] = {SIGUSR2, SIGRTMIN + 3, SIGUSR1, SIGTERM, SIGRTMIN + 1, SIGHUP};
  for (int i = 0; i < 6; i++) handle(numbers[i], 0), block(SIG_BLOCK, numbers[i]);
  for (int i = 0; i < 6; i++) raise(numbers[i]);
  order[0] = 0;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  printf("delivered: %s\n", order);
  order[0] = 0;
  // Each handler blocks all: the frames are entered one by one.
  for (int i = 0; i < 6; i++) {
    struct sigaction a = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigfillset(&a.sa_mask);
    sigaction(numbers[i], &a, NULL), block(SIG_BLOCK, numbers[i]);
  }
  for (int i = 0; i < 6; i++) raise(numbers[i]);
  sigprocmask(SIG_SETMASK, &none, NULL);
  printf("one at a time: %s\n", order);
  handle(SIGUSR1, SA_RESETHAND);
  raise(SIGUSR1);
  struct sigaction now;
  sigaction(SIGUSR1, NULL, &now);
  say("reset to default", now.sa_handler == SIG_DFL);
  handle(SIGUSR1, 0x400 | SA_NODEFER);
  sigaction(SIGUSR1, NULL, &now);
  say("unknown flags do not stick", now.sa_flags & 0x400);
  fails("SIGKILL has no handler", sigaction(SIGKILL, &now, NULL), EINVAL);
  fails("65", syscall(SYS_rt_sigaction, 65, NULL, NULL, 8), EINVAL);
  fails("size of a mask", syscall(SYS_rt_sigaction, 10, NULL, NULL, 4), EINVAL);
  fails("how", syscall(SYS_rt_sigprocmask, 7, &none, NULL, 8), EINVAL);
}

static void queues(void) {
  int real_time = SIGRTMIN + 5;
  sigset_t set;
  sigemptyset(&set), sigaddset(&set, real_time), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGCHLD),
      sigaddset(&set, SIGURG);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (int i = 1; i <= 3; i++) sigqueue(getpid(), real_time, (union sigval){.sival_int = i});
  for (int i = 1; i <= 3; i++) sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = i});
  siginfo_t info;
  struct timespec now = {0, 0}, soon = {0, 20000000};
  for (int i = 0; i < 5; i++) {
    int r = sigtimedwait(&set, &info, &now);
    if (r < 0)
      say("nothing more", r);
    else
      printf("signal %d code %d value %d\n", r == SIGUSR1 ? 1 : r - SIGRTMIN, info.si_code, info.si_value.sival_int);
  }
  say("time-out", sigtimedwait(&set, &info, &soon));
  say("bad time", sigtimedwait(&set, &info, &(struct timespec){0, -1}));
  kill(getpid(), SIGURG);
  say("ignored by default, but blocked", sigtimedwait(&set, &info, &now) == SIGURG);
  pid_t child = fork();
  if (child == 0) {
    sleep_ms(20);
    kill(getppid(), SIGURG);
    _exit(0);
  }
  sigset_t urgent;
  sigemptyset(&urgent), sigaddset(&urgent, SIGURG);
  say("waited for", sigwaitinfo(&urgent, &info) == SIGURG);
  check("from the child", info.si_pid == child && info.si_code == SI_USER);
  status_of(child);
  sigtimedwait(&set, &info, &now);
  info.si_code = SI_USER;
  say("pretending to be kill, to others", syscall(SYS_rt_sigqueueinfo, getppid(), SIGURG, &info));
  info.si_code = SI_QUEUE, info.si_value.sival_int = 9;
  say("to my thread", syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, &info));
  say("arrives", sigtimedwait(&set, &info, &now) == SIGUSR1 && info.si_value.sival_int == 9);
  say("no such process", syscall(SYS_rt_sigqueueinfo, 9999999, 0, &info));
  say("no such signal", sigqueue(getpid(), 65, (union sigval){0}));
  raise(SIGUSR1);
  sigset_t pending;
  sigpending(&pending);
  say("pending", sigismember(&pending, SIGUSR1) + 2 * sigismember(&pending, SIGURG));
  signal(SIGUSR1, SIG_IGN);
  sigpending(&pending);
  say("ignoring forgets it", sigismember(&pending, SIGUSR1));
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void restarts(void) {
  int ends[2];
  char c;
  pipe(ends);
  for (int restart = 0; restart < 2; restart++) {
    handle(SIGALRM, restart ? SA_RESTART : 0);
    pid_t child = fork();
    if (child == 0) {
      sleep_ms(60);
      write(ends[1], "x", 1);
      _exit(0);
    }
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 20000}}, NULL);
    say(restart ? "read, SA_RESTART" : "read", read(ends[0], &c, 1));
    if (!restart) read(ends[0], &c, 1);
    say("wait", status_of(child));
    struct pollfd p = {ends[0], POLLIN, 0};
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 20000}}, NULL);
    say("poll is never restarted", poll(&p, 1, 500));
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 20000}}, NULL);
    say("nor is sleeping", nanosleep(&(struct timespec){1, 0}, NULL));
    sigset_t none;
    sigemptyset(&none);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 20000}}, NULL);
    say("nor sigsuspend", sigsuspend(&none));
  }
  // A stop in the middle: sleeping and poll go on with what is left.
  pid_t child = fork();
  if (child == 0) {
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    int r = nanosleep(&(struct timespec){0, 300000000}, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    struct pollfd p = {ends[0], POLLIN, 0};
    clock_gettime(CLOCK_MONOTONIC, &before);
    r |= poll(&p, 1, 300);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long ms2 = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    _exit(r == 0 && ms >= 300 && ms < 480 && ms2 >= 300 && ms2 < 480);
  }
  for (int i = 0; i < 2; i++) {
    sleep_ms(100);
    kill(child, SIGSTOP);
    sleep_ms(100);
    kill(child, SIGCONT);
    sleep_ms(150);
  }
  say("stopped sleeper in time", status_of(child));
}

static sigjmp_buf back;
static volatile long trap, error;
static void on_fault(int number, siginfo_t* info, void* context) {
  last = *info;
  ucontext_t* c = context;
  trap = c->uc_mcontext.gregs[REG_TRAPNO], error = c->uc_mcontext.gregs[REG_ERR];
  siglongjmp(back, 1);
}
#define FAULT(name, base, ...)                                                                               \
  do {                                                                                                       \
    if (!sigsetjmp(back, 1)) {                                                                               \
      __VA_ARGS__;                                                                                           \
      printf("%s: no fault\n", name);                                                                        \
    } else {                                                                                                 \
      printf("%s: signal %d code %d address +0x%lx trap %ld error %ld\n", name, last.si_signo, last.si_code, \
             (long)last.si_addr - (long)(base), trap, error);                                                \
    }                                                                                                        \
  } while (0)

static void faults(void) {
  struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
  for (int i = 0; i < 5; i++) sigaction(numbers[i], &a, NULL);
  char* page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  say("first byte", page[0]);
  FAULT("write to nothing", 0, *(volatile int*)64 = 1);
  FAULT("read of nothing", 0, (void)*(volatile int*)0x1234);
  FAULT("write to read-only", page, page[5] = 1);
  FAULT("behind the end", page, (void)*(volatile char*)(page + 4100));
  FAULT("run of data", page, ((void (*)(void))page)());
  FAULT("not canonical", 0, *(volatile int*)0x8000000000000000 = 1);
  FAULT("kernel memory", 0xffffffff81000000, *(volatile int*)0xffffffff81000000 = 1);
  FAULT("division", last.si_addr, __asm__ volatile("xor %%ecx, %%ecx; div %%ecx" ::: "eax", "ecx", "edx"));
  FAULT("undefined", last.si_addr, __builtin_trap());
  FAULT("breakpoint", last.si_addr, __asm__ volatile("int3"));
  FAULT("privileged", 0, __asm__ volatile("hlt"));
  FAULT("port", 0, __asm__ volatile("outb %al, $0x80"));
  char name[] = "/tmp/signallingXXXXXX";
  int fd = mkstemp(name);
  ftruncate(fd, 100);
  char* file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  FAULT("file, last page", file, file[4000] = 1);
  FAULT("file, beyond", file, file[4096] = 1);
  unlink(name);
}

static void child_news(void) {
  handle(SIGCHLD, 0);
  pid_t child = fork();
  if (child == 0)
    for (;;) pause();
  setpgid(child, child);  // a group with a parent outside: SIGTSTP stops it
  int codes[8], n = 0, status;
  struct {
    int signal, wait;
  } steps[] = {{SIGSTOP, WUNTRACED}, {SIGCONT, WCONTINUED}, {SIGTSTP, WUNTRACED}, {SIGKILL, 0}};
  for (int i = 0; i < 4; i++) {
    last.si_code = 0;
    kill(child, steps[i].signal);
    say("told at once", waitpid(child, &status, steps[i].wait) == child);
    sleep_ms(10);
    printf("SIGCHLD code %d status %d; wait status %x\n", last.si_code, last.si_status, status);
  }
  handle(SIGCHLD, SA_NOCLDWAIT);
  child = fork();
  if (child == 0) _exit(1);
  say("no zombies wanted", waitpid(child, &status, 0));
  signal(SIGCHLD, SIG_IGN);
  child = fork();
  if (child == 0) _exit(1);
  say("nor when ignored", waitpid(-1, &status, 0));
  handle(SIGCHLD, SA_NOCLDSTOP);
  child = fork();
  if (child == 0)
    for (;;) pause();
  calls = 0;
  kill(child, SIGSTOP);
  waitpid(child, &status, WUNTRACED);
  say("no word of stops", calls);
  kill(child, SIGKILL);
  status_of(child);
  say("but of the end", calls);
  signal(SIGCHLD, SIG_DFL);
}

int main(void) {
  stacks();
  delivery();
  queues();
  restarts();
  faults();
  child_news();
  return finish();
}
