// SPDX-License-Identifier: MIT
// Threads: clone's and clone3's flags, TLS, mutexes and conditions under contention, robust mutexes,
// signals to threads, futex operations, a leader that ends first, execve from a thread.
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/syscall.h>

#include "../check.h"

// futex(2); there is no <linux/futex.h> beside every C library.
enum {
  FUTEX_WAIT,
  FUTEX_WAKE,
  FUTEX_CMP_REQUEUE = 4,
  FUTEX_WAKE_OP,
  FUTEX_WAIT_BITSET = 9,
  FUTEX_WAKE_BITSET,
  FUTEX_CLOCK_REALTIME = 256,
  FUTEX_OP_ADD = 1,
  FUTEX_OP_OR,
  FUTEX_OP_OPARG_SHIFT = 8,
  FUTEX_OP_CMP_EQ = 0,
  FUTEX_OP_CMP_LT = 2,
};
#define FUTEX_OP(op, oparg, cmp, cmparg) \
  ((op & 15u) << 28 | (cmp & 15u) << 24 | (oparg & 4095u) << 12 | (cmparg & 4095u))

static long futex(void* word, int operation, unsigned value, const void* timeout, void* second, unsigned third) {
  return syscall(SYS_futex, word, operation, value, timeout, second, third);
}
static void say(const char* name, long result) {
  if (result == -1)
    printf("%s: errno %d\n", name, errno);
  else
    printf("%s: %ld\n", name, result);
  fflush(stdout);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static long counter;
static int whose;
static __thread int own = 42;

static void* count(void* argument) {
  for (int i = 0; i < 2000; i++) {
    pthread_mutex_lock(&lock);
    long seen = counter;
    if (i % 100 == 0) sched_yield();
    counter = seen + 1;
    pthread_mutex_unlock(&lock);
  }
  own += (int)(long)argument;
  return (void*)(long)own;
}

static void* take_turns(void* argument) {
  int me = (int)(long)argument;
  for (int i = 0; i < 50; i++) {
    pthread_mutex_lock(&lock);
    while (whose != me) pthread_cond_wait(&turn, &lock);
    counter = counter * 3 + me & 0xffff;
    whose = !me;
    pthread_cond_broadcast(&turn);
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

static void contention(void) {
  pthread_t threads[4];
  long sum = 0;
  for (long i = 0; i < 4; i++) pthread_create(&threads[i], NULL, count, (void*)i);
  for (int i = 0; i < 4; i++) {
    void* result;
    pthread_join(threads[i], &result);
    sum += (long)result;
  }
  equal("no increment is lost", counter, 8000);
  equal("each thread has its own variables", sum, 42 * 4 + 6);
  equal("so has the first", own, 42);
  counter = 1;
  for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, take_turns, (void*)i);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  say("turns", counter);
}

static pthread_mutex_t robust;
static void* die_with_lock(void* unused) {
  pthread_mutex_lock(&robust);
  return NULL;
}
static void* wait_for_dead(void* unused) { return (void*)(long)pthread_mutex_lock(&robust); }

static void robustness(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&robust, &attributes);
  pthread_t thread;
  pthread_create(&thread, NULL, die_with_lock, NULL);
  pthread_join(thread, NULL);
  equal("the owner died", pthread_mutex_lock(&robust), EOWNERDEAD);
  equal("made consistent", pthread_mutex_consistent(&robust), 0);
  void* result;
  pthread_create(&thread, NULL, wait_for_dead, NULL);
  sleep_ms(20);
  pthread_mutex_unlock(&robust);
  pthread_join(thread, &result);
  equal("unlocked for a waiter", (long)result, 0);
  equal("who died with it", pthread_mutex_trylock(&robust), EOWNERDEAD);
}

static unsigned words[4];
static volatile int woken[3];
static void* sleep_on_word(void* argument) {
  int i = (int)(long)argument;
  long r =
      i == 2 ? futex(&words[0], FUTEX_WAIT_BITSET, 0, NULL, NULL, 4) : futex(&words[0], FUTEX_WAIT, 0, NULL, NULL, 0);
  woken[i] = r == 0 ? 1 : -errno;
  return NULL;
}

static void futexes(void) {
  struct timespec soon = {0, 1000000}, bad = {0, 1000000000}, past = {1, 0};
  say("wait on another value", futex(words, FUTEX_WAIT, 1, NULL, NULL, 0));
  say("wait until a time-out", futex(words, FUTEX_WAIT, 0, &soon, NULL, 0));
  say("wait, bad time-out", futex(words, FUTEX_WAIT, 0, &bad, NULL, 0));
  say("wait, time long past", futex(words, FUTEX_WAIT_BITSET, 0, &past, NULL, 1));
  say("wait, real time long past", futex(words, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL, 1));
  say("wait without bits", futex(words, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
  say("wait at an odd address", futex((char*)words + 1, FUTEX_WAIT, 0, NULL, NULL, 0));
  say("wait at a bad address", futex((void*)64, FUTEX_WAIT, 0, NULL, NULL, 0));
  say("wake nobody", futex(words, FUTEX_WAKE, 1, NULL, NULL, 0));
  say("wake with the wrong clock", futex(words, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0));
  say("unknown operation", futex(words, 77, 1, NULL, NULL, 0));
  pthread_t threads[3];
  for (long i = 0; i < 3; i++) {
    pthread_create(&threads[i], NULL, sleep_on_word, (void*)i);
    sleep_ms(30);
  }
  say("requeue, value changed", futex(words, FUTEX_CMP_REQUEUE, 1, (void*)1, &words[1], 5));
  say("wake by other bits", futex(words, FUTEX_WAKE_BITSET, 9, NULL, NULL, 8) - 2);
  pthread_join(threads[0], NULL);
  pthread_join(threads[1], NULL);
  say("one is left; move it", futex(words, FUTEX_CMP_REQUEUE, 0, (void*)9, &words[1], 0));
  say("not there any more", futex(words, FUTEX_WAKE, 9, NULL, NULL, 0));
  words[2] = 5;
  // words[2] = 5 + 3; wake at words[0]; and at words[1] since 5 > 4.
  say("wake and operate",
      futex(words, FUTEX_WAKE_OP, 1, (void*)1, &words[1], FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0)));
  pthread_join(threads[2], NULL);
  say("the operation was done", words[1]);
  say("negative argument",
      futex(words, FUTEX_WAKE_OP, 1, (void*)1, &words[1], FUTEX_OP(FUTEX_OP_ADD, -1, FUTEX_OP_CMP_LT, -5)));
  say("which is", words[1]);
  say("shifted", futex(words, FUTEX_WAKE_OP, 1, (void*)1, &words[1],
                       FUTEX_OP(FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT, 12, FUTEX_OP_CMP_LT, -5)));
  say("which is", words[1]);
  say("all woke", woken[0] + woken[1] + woken[2]);
}

static volatile pid_t handled_by;
static void note(int number) { handled_by = (pid_t)syscall(SYS_gettid); }
static volatile pid_t sleeper_id;
static sem_t ready;
static void* sleeper(void* unused) {
  sleeper_id = (pid_t)syscall(SYS_gettid);
  sem_post(&ready);
  pause();
  return NULL;
}

static void signals(void) {
  sem_init(&ready, 0, 0);
  signal(SIGUSR1, note);
  pthread_t thread;
  pthread_create(&thread, NULL, sleeper, NULL);
  sem_wait(&ready);
  sleep_ms(20);
  pid_t pid = getpid();
  fails("a thread of another process", syscall(SYS_tgkill, getppid(), sleeper_id, SIGUSR1), ESRCH);
  fails("no such thread", syscall(SYS_tgkill, pid, 99999999, SIGUSR1), ESRCH);
  fails("group 0", syscall(SYS_tgkill, 0, sleeper_id, SIGUSR1), EINVAL);
  equal("to a thread", syscall(SYS_tgkill, pid, sleeper_id, SIGUSR1), 0);
  pthread_join(thread, NULL);
  check("handled there", handled_by == sleeper_id);
  sigset_t set;
  sigemptyset(&set), sigaddset(&set, SIGUSR1);
  pthread_create(&thread, NULL, sleeper, NULL);
  sem_wait(&ready);
  sleep_ms(20);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  kill(pid, SIGUSR1);
  pthread_join(thread, NULL);
  check("to the process: who does not block it", handled_by == sleeper_id);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void* run_program(void* path) {
  execl(path, "threads", "after-exec", NULL);
  _exit(1);
}
static void* spin(void* unused) {
  for (;;) pause();
}
static const char* self;
static void exec_from_thread(void) {
  pthread_t threads[3];
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, spin, NULL);
  printf("pid and tid %d\n", getpid() == syscall(SYS_gettid));
  char pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  setenv("EXPECTED_PID", pid, 1);
  fflush(stdout);
  pthread_create(&threads[2], NULL, run_program, (void*)self);
  spin(NULL);
}

static void* outlive(void* unused) {
  sleep_ms(30);
  _exit(17);
}
static void leader_ends(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, outlive, NULL);
  syscall(SYS_exit, 3);
}
static void* last_exits(void* unused) {
  sleep_ms(30);
  syscall(SYS_exit, 5);
  return NULL;
}
static void all_exit(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, last_exits, NULL);
  syscall(SYS_exit, 3);
}
static void* fault(void* unused) {
  *(volatile int*)8 = 1;
  return NULL;
}
static void thread_faults(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, fault, NULL);
  spin(NULL);
}

static int nothing(void* unused) { return 9; }
static char stack[65536];
static void flags(void) {
  fails("thread without handlers", syscall(SYS_clone, CLONE_THREAD, NULL, NULL, NULL, 0), EINVAL);
  fails("handlers without memory", syscall(SYS_clone, CLONE_SIGHAND, NULL, NULL, NULL, 0), EINVAL);
  struct {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  } a = {0};
  fails("clone3, too small", syscall(SYS_clone3, &a, 32), EINVAL);
  fails("clone3, too large", syscall(SYS_clone3, &a, 1 << 20), E2BIG);
  a.exit_signal = 300;
  fails("clone3, no such signal", syscall(SYS_clone3, &a, sizeof a), EINVAL);
  a.exit_signal = SIGCHLD, a.stack = 4096;
  fails("clone3, stack without size", syscall(SYS_clone3, &a, sizeof a), EINVAL);
  a.stack = 0, a.flags = SIGCHLD;
  fails("clone3, signal in flags", syscall(SYS_clone3, &a, sizeof a), EINVAL);
  pid_t tid = 0;
  a.flags = CLONE_PARENT_SETTID, a.parent_tid = (uint64_t)&tid;
  fflush(stdout);
  long pid = syscall(SYS_clone3, &a, sizeof a);
  if (pid == 0) _exit(21);
  equal("clone3 tells the number", tid, pid);
  equal("and its child's end is told", status_of(pid), 21 << 8);
  pid = clone(nothing, stack + sizeof stack, CLONE_VM, NULL);
  int status = 0;
  fails("no signal: not waited for as usual", waitpid(pid, &status, 0), ECHILD);
  equal("but as a clone", waitpid(pid, &status, __WCLONE), pid);
  equal("with its status", status, 9 << 8);
  pid = clone(nothing, stack + sizeof stack, CLONE_VM, NULL);
  equal("or as all", waitpid(pid, &status, __WALL), pid);
}

int main(int argc, char** argv) {
  self = argv[0];
  char path[4096] = "";
  if (readlink("/proc/self/exe", path, sizeof path - 1) > 0) self = path;
  if (argc > 1) {
    printf("after exec: pid kept %d, alone %d\n", atoi(getenv("EXPECTED_PID")) == getpid(),
           getpid() == syscall(SYS_gettid));
    fflush(stdout);
    return 33;
  }
  contention();
  robustness();
  futexes();
  signals();
  flags();
  printf("leader first: %x\n", in_child(leader_ends));
  printf("one after the other: %x\n", in_child(all_exit));
  printf("a thread faults: %x\n", in_child(thread_faults));
  printf("exec from a thread: %x\n", in_child(exec_from_thread));
  return finish();
}
