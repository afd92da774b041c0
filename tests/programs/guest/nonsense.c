// SPDX-License-Identifier: MIT
// System calls made of nonsense: random numbers and arguments, from children that are root, nobody,
// and threaded. For the guest only: on a real system it would do harm. Nothing that a program can ask
// for may bring the kernel down; who prints the last line is the proof.
// usage: nonsense [ROUNDS [SEED]]
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t state;
static uint64_t any(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}

static char* buffer;
static uint64_t argument(void) {
  static const char* const paths[] = {"/",
                                      "/tmp",
                                      "/tmp/a",
                                      "/tmp/b/c",
                                      "/proc/self/maps",
                                      "/proc/self/exe",
                                      "/dev/null",
                                      "/dev/zero",
                                      "",
                                      "a",
                                      "..",
                                      "/proc/sys/fs/binfmt_misc/register",
                                      "/dev/tty",
                                      "/proc/self/fd/3",
                                      "/bin/sh",
                                      "/dev/ptmx"};
  switch (any() % 16) {
    case 0:
      return 0;
    case 1:
      return any() % 16;
    case 2:
      return any() % 1024;
    case 3:
      return (uint64_t)-1;
    case 4:
      return -(any() % 4096);
    case 5:
      return 1ull << any() % 64;
    case 6:
      return (1ull << any() % 64) - 1;
    case 7:
      return any();
    case 8:
      return 0x7ffffffff000 - any() % 8192;
    case 9:
      return 0xffff800000000000 + any() % 8192;
    case 10:
      return (uint64_t)paths[any() % (sizeof paths / sizeof *paths)];
    case 11:
      return getpid();
    case 12:
      return 4096 * (any() % 64);
    default:
      return (uint64_t)buffer + any() % 16384;
  }
}

/// Calls that only end or stall the child, or end the machine.
static int left_out(long number) {
  switch (number) {
    case SYS_reboot:
    case SYS_pause:
    case SYS_rt_sigreturn:
    case SYS_exit:
    case SYS_exit_group:
    case SYS_rt_sigsuspend:
    case SYS_vfork:
      return 1;
    case SYS_kill:
    case SYS_tkill:
    case SYS_tgkill:
      return any() % 8;
    default:
      return 0;
  }
}

static void child(int rounds, int privileged) {
  setsid();
  signal(SIGHUP, SIG_IGN), signal(SIGPIPE, SIG_IGN);
  setrlimit(RLIMIT_NPROC, &(struct rlimit){12, 12});
  if (!privileged && setresuid(1000, 1000, 1000)) _exit(1);
  if (mmap(buffer, 32768, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != buffer) _exit(1);
  for (int i = 0; i < 4096; i++) ((uint64_t*)buffer)[i] = i % 3 ? any() % 512 : argument();
  open("/dev/null", O_RDWR), open("/tmp/a", O_RDWR | O_CREAT, 0600), socket(1, 1, 0), open("/proc/self/maps", 0);
  int ends[2];
  pipe(ends);
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 20000}, {0, 20000}}, NULL);
  for (int i = 0; i < rounds; i++) {
    long number = any() % (any() % 8 ? 335 : 460);
    uint64_t a[6];
    for (int k = 0; k < 6; k++) a[k] = argument();
    if (number == SYS_clone) a[0] &= ~0x4100ull, a[1] = 0;  // a child that shares no memory, and is not waited for
    if (!left_out(number)) syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  }
}

int main(int argc, char** argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 40;
  state = argc > 2 ? strtoull(argv[2], NULL, 0) * 0x9e3779b97f4a7c15 | 1 : 0x86868686;
  buffer = (char*)0x200000000;
  for (int i = 0; i < rounds; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      state += (uint64_t)(i + 1) * 0x9e3779b97f4a7c15;
      for (int k = 0; k < 8; k++) any();
      child(200, i & 1);
      _exit(0);
    }
    // Some stop themselves or sleep for ever.
    for (int k = 0; k < 20 && waitpid(pid, NULL, WNOHANG) == 0; k++) usleep(10000);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, WNOHANG) > 0) {
    }
  }
  puts("the kernel lives on");
  return 0;
}
