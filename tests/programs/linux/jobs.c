// SPDX-License-Identifier: MIT
// Processes and their relations: waiting in all ways, groups and sessions, orphans, subreapers,
// limits, priorities, prctl, identities, set-user-ID programs.
#define _GNU_SOURCE
#include <grp.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "../check.h"

static void say(const char* name, long result) {
  if (result == -1)
    printf("%s: errno %d\n", name, errno);
  else
    printf("%s: %ld\n", name, result);
  fflush(stdout);
}
static pid_t child_of(void (*function)(void)) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    function();
    _exit(0);
  }
  return pid;
}
static void wait_for_ever(void) {
  for (;;) pause();
}
static void exits_with_5(void) { _exit(5); }
static void say_info(const char* name, int result, const siginfo_t* info, pid_t child) {
  printf("%s: %d, signal %d code %d status %d, pid %s\n", name, result < 0 ? -errno : result, info->si_signo,
         info->si_code, info->si_status,
         info->si_pid == child ? "right"
         : info->si_pid        ? "wrong"
                               : "0");
}

static void waits(void) {
  siginfo_t info;
  int status;
  say("nobody", waitpid(-1, &status, 0));
  say("bad options", waitpid(-1, &status, 0x100));
  pid_t child = child_of(wait_for_ever);
  memset(&info, 1, sizeof info);
  say_info("nothing yet", waitid(P_ALL, 0, &info, WEXITED | WNOHANG), &info, child);
  say("no options", waitid(P_ALL, 0, &info, 0));
  say("only WNOHANG", waitid(P_ALL, 0, &info, WNOHANG));
  say("bad kind", waitid(17, 0, &info, WEXITED));
  say("pid 0", waitid(P_PID, 0, &info, WEXITED));
  say("not a child", waitid(P_PID, getppid(), &info, WEXITED));
  say("not a group of children", waitpid(-99999, &status, 0));
  say("smallest number", waitpid(INT32_MIN, &status, 0));
  kill(child, SIGSTOP);
  say_info("stopped, kept", waitid(P_PID, child, &info, WSTOPPED | WNOWAIT), &info, child);
  say_info("stopped", waitid(P_PID, child, &info, WSTOPPED | WEXITED), &info, child);
  say_info("told once", waitid(P_PID, child, &info, WSTOPPED | WNOHANG), &info, child);
  kill(child, SIGCONT);
  say_info("continued, kept", waitid(P_PGID, 0, &info, WCONTINUED | WNOWAIT), &info, child);
  say("continued", waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
  say("not twice", waitpid(child, &status, WCONTINUED | WNOHANG));
  kill(child, SIGTERM);
  say_info("killed, kept", waitid(P_PID, child, &info, WEXITED | WNOWAIT), &info, child);
  say("a zombie can be signalled", kill(child, SIGTERM));
  say_info("killed", waitid(P_PID, child, &info, WEXITED), &info, child);
  say("gone", kill(child, 0));
  child = child_of(exits_with_5);
  struct rusage usage;
  say("wait4", wait4(child, &status, 0, &usage) == child && status == 5 << 8);
  check("it used time", usage.ru_utime.tv_sec == 0);
}

static void groups(void) {
  pid_t child = child_of(wait_for_ever);
  say("a group of its own", setpgid(child, child));
  say("its group", getpgid(child) == child);
  say("no such group", setpgid(child, 99999));
  say("negative", setpgid(child, -1));
  say("not mine", setpgid(getppid(), 0));
  say("back to mine", setpgid(child, getpgrp()));
  say("its session is mine", getsid(child) == getsid(0));
  say("no such process", getpgid(99999));
  kill(child, SIGKILL);
  status_of(child);
  child = fork();
  if (child == 0) {
    int result = (setsid() == getpid()) + 2 * (getsid(0) == getpid()) + 4 * (getpgrp() == getpid());
    result += 8 * (setsid() == -1 && errno == EPERM) + 16 * (setpgid(0, 0) == -1 && errno == EPERM);
    _exit(result);
  }
  say("a session of its own", WEXITSTATUS(status_of(child)));
}

static int ends[2];
static void report(int number) {
  char c = number == SIGHUP ? 'H' : 'C';
  write(ends[1], &c, 1);
}
static void stop_in_group(void) {
  signal(SIGHUP, report), signal(SIGCONT, report);
  write(ends[1], "s", 1);
  raise(SIGSTOP);
  sleep_ms(50);
  char text[3] = {getppid() == getpid() ? '?' : 'p', 0};
  write(ends[1], text, 1);
  close(ends[1]);
}
static void leave_stopped_orphan(void) {
  setsid();
  pid_t middle = fork();
  if (middle == 0) {
    pid_t child = child_of(stop_in_group);
    setpgid(child, child);
    int status;
    waitpid(child, &status, WUNTRACED);
    _exit(0);
  }
  status_of(middle);
}

static void orphans(void) {
  char text[8] = "";
  pipe(ends);
  pid_t pid = child_of(leave_stopped_orphan);
  close(ends[1]);
  size_t n = 0;
  long r;
  while (n < sizeof text - 1 && (r = read(ends[0], text + n, 1)) > 0) n++;
  status_of(pid);
  text[n] = 0;
  if (!strcmp(text, "sHCp")) strcpy(text, "sCHp");  // either handler may run first
  printf("a stopped orphaned group: %s\n", text);
  close(ends[0]);
  say("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
  int is = 0;
  prctl(PR_GET_CHILD_SUBREAPER, &is);
  say("is one", is);
  pipe(ends);
  pid = fork();
  if (pid == 0) {
    pid_t grandchild = fork();
    if (grandchild == 0) {
      prctl(PR_SET_PDEATHSIG, SIGUSR1);
      sigset_t set;
      sigemptyset(&set), sigaddset(&set, SIGUSR1);
      sigprocmask(SIG_BLOCK, &set, NULL);
      write(ends[1], "x", 1);
      struct timespec limit = {2, 0};
      int got = sigtimedwait(&set, NULL, &limit);
      _exit(getppid() == is * (int)strtol(getenv("TOP"), NULL, 10) && got == SIGUSR1 ? 44 : 45);
    }
    char c;
    read(ends[0], &c, 1);
    _exit(1);
  }
  say("the child", WEXITSTATUS(status_of(pid)));
  int status;
  say("the grandchild is mine now", wait(&status) > 0 ? WEXITSTATUS(status) : -1);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void over_file_size(void) {
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){10, 10});
  char name[] = "/tmp/jobsXXXXXX";
  int fd = mkstemp(name);
  unlink(name);
  long first = write(fd, "0123456789abc", 13);
  signal(SIGXFSZ, SIG_IGN);
  long second = write(fd, "x", 1);
  if (first != 10 || second != -1 || errno != EFBIG) _exit(1);
  signal(SIGXFSZ, SIG_DFL);
  write(fd, "x", 1);
}
static void limits(void) {
  struct rlimit l;
  say("no such limit", getrlimit(99, &l));
  say("soft over hard", setrlimit(RLIMIT_CORE, &(struct rlimit){2, 1}));
  say("no such process", prlimit(99999, RLIMIT_CORE, NULL, &l));
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){5, 64});
  int fd, n = 0;
  while ((fd = open("/", O_RDONLY)) >= 0 && n < 10) n++;
  printf("descriptors: %d more, then errno %d\n", n, errno);
  say("dup2 beyond", dup2(0, 5));
  for (int i = 3; i < 20; i++) close(i);
  printf("file size: %x\n", in_child(over_file_size));
  setrlimit(RLIMIT_AS, &(struct rlimit){1 << 28, RLIM_INFINITY});
  say("address space: mmap", mmap(NULL, 1 << 29, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 1);
  void* half = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  say("mremap", mremap(half, 1 << 20, 1 << 29, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 1);
  setrlimit(RLIMIT_AS, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
  setrlimit(RLIMIT_DATA, &(struct rlimit){1 << 24, RLIM_INFINITY});
  say("data: private and writable",
      mmap(NULL, 1 << 25, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 1);
  say("data: read-only", mmap(NULL, 1 << 25, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 1);
  setrlimit(RLIMIT_DATA, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
}

static void scheduling(void) {
  struct sched_param p = {0};
  say("policy", syscall(SYS_sched_getscheduler, 0));
  say("of nobody", syscall(SYS_sched_getscheduler, 99999));
  say("negative pid", syscall(SYS_sched_getscheduler, -1));
  say("priority of SCHED_OTHER", syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &(struct sched_param){5}));
  say("unknown policy", syscall(SYS_sched_setscheduler, 0, 77, &p));
  say("SCHED_BATCH", syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &p));
  say("is", syscall(SYS_sched_getscheduler, 0));
  syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &p);
  say("most of FIFO", sched_get_priority_max(SCHED_FIFO));
  say("least of RR", sched_get_priority_min(SCHED_RR));
  say("of nothing", sched_get_priority_max(77));
  int before = getpriority(PRIO_PROCESS, 0);  // whoever runs this may be nice
  say("nice", nice(3) - before);
  say("getpriority", getpriority(PRIO_PROCESS, 0) - before);
  say("of nobody", getpriority(PRIO_PROCESS, 99999));
  say("bad kind", getpriority(7, 0));
  setpriority(PRIO_PROCESS, 0, 100);
  say("at most", getpriority(PRIO_PROCESS, 0));
  unsigned long mask = 0;
  say("affinity, small buffer", syscall(SYS_sched_getaffinity, 0, 3, &mask));
  say("no processors", syscall(SYS_sched_setaffinity, 0, 8, &(unsigned long){0}));
  unsigned cpu = 9;
  say("getcpu", syscall(SYS_getcpu, NULL, NULL, NULL));
  say("personality", syscall(SYS_personality, 0xffffffff));
}

static void names(void) {
  char name[17] = "";
  prctl(PR_SET_NAME, "a name that is far too long");
  prctl(PR_GET_NAME, name);
  printf("name: %s\n", name);
  say("unknown", prctl(12345, 0, 0, 0, 0));
  say("dumpable", prctl(PR_GET_DUMPABLE));
  say("not dumpable", prctl(PR_SET_DUMPABLE, 0));
  say("is not", prctl(PR_GET_DUMPABLE));
  say("bad value", prctl(PR_SET_DUMPABLE, 5));
  say("death signal", prctl(PR_SET_PDEATHSIG, 99));
  say("privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  say("privileges, bad", prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0));
  say("slack", prctl(PR_SET_TIMERSLACK, 1234));
  say("is", prctl(PR_GET_TIMERSLACK));
  say("unshare", unshare(CLONE_FS | CLONE_FILES));
  say("unshare what", unshare(1));
}

static void say_ids(const char* what, int result) {
  uid_t r, e, s;
  int error = errno;
  getresuid(&r, &e, &s);
  printf("%s: %d; %u %u %u\n", what, result < 0 ? -error : result, r, e, s);
}
static const char* self;
static void identities(void) {
  if (geteuid()) return;
  gid_t list[] = {30, 10, 20}, got[3];
  say("setgroups", setgroups(3, list));
  say("getgroups", getgroups(3, got));
  printf("sorted: %u %u %u\n", got[0], got[1], got[2]);
  say("too small a buffer", getgroups(2, got));
  say_ids("setresuid", setresuid(1000, 2000, 3000));
  say_ids("a stranger", setuid(5));
  say_ids("the saved one", seteuid(3000));
  say_ids("setreuid", setreuid(-1, 1000));
  say_ids("setreuid, real", setreuid(3000, -1));
  say_ids("setuid", setuid(3000));
  say("setgroups", setgroups(0, NULL));
  say("setfsuid", syscall(SYS_setfsuid, -1));
  say("kill init", kill(1, 0));
  setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0});
  say("fork", fork());
}
static void raised(void) {
  // A set-user-ID copy of this program, run by somebody else.
  if (geteuid()) return;
  char folder[] = "/tmp/jobsXXXXXX", buffer[65536];
  mkdtemp(folder), chmod(folder, 0755), chdir(folder);
  int from = open(self, O_RDONLY), to = open("raised", O_WRONLY | O_CREAT, 0755);
  long n;
  while ((n = read(from, buffer, sizeof buffer)) > 0) write(to, buffer, n);
  fchown(to, 1234, 4321), fchmod(to, 06755);
  close(from), close(to);
  setresgid(50, 50, 50), setresuid(60, 60, 60);
  for (int i = 0; i < 2; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      execl("./raised", "jobs", "identity", NULL);
      _exit(1);
    }
    status_of(pid);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  }
}

int main(int argc, char** argv) {
  if (argc > 1) {
    uid_t r, e, s;
    gid_t gr, ge, gs;
    getresuid(&r, &e, &s), getresgid(&gr, &ge, &gs);
    printf("runs as %u %u %u, %u %u %u, secure %lu\n", r, e, s, gr, ge, gs, getauxval(AT_SECURE));
    return 0;
  }
  static char path[4096];
  readlink("/proc/self/exe", path, sizeof path - 1);
  self = path;
  char pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  setenv("TOP", pid, 1);
  waits();
  groups();
  orphans();
  in_child(limits);
  in_child(scheduling);
  in_child(names);
  in_child(identities);
  in_child(raised);
  return finish();
}
