// SPDX-License-Identifier: MIT
// System calls by INT 0x80, with the numbers of 32-bit x86: from 64-bit code, and from 32-bit code in a
// compatibility code segment that this program far-jumps into. All it hands over lies below 4 GiB.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long int80(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  __asm__ volatile("push %%rbp\n mov %[f], %%rbp\n int $0x80\n pop %%rbp"
                   : "=a"(result)
                   : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "r"(f)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
}
#define CALL(...) CALL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(n, a, b, c, d, e, f, ...) int80(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

enum {
  nr_exit = 1,
  nr_fork = 2,
  nr_read = 3,
  nr_write = 4,
  nr_close = 6,
  nr_waitpid = 7,
  nr_unlink = 10,
  nr_time = 13,
  nr_lseek = 19,
  nr_getpid = 20,
  nr_kill = 37,
  nr_dup = 41,
  nr_pipe = 42,
  nr_gettimeofday = 78,
  nr_open = 5,
  nr_llseek = 140,
  nr_writev = 146,
  nr_nanosleep = 162,
  nr_mmap2 = 192,
  nr_getuid32 = 199,
  nr_clock_gettime = 265
};

static char text[] = "written by INT 0x80\n", buffer[64], path[64];
static int pair[2], status, now32[2];
static uint64_t position;
static struct { uint32_t base, length; } pieces[2];
static unsigned char low_stack[4096] __attribute__((aligned(16)));
static volatile sig_atomic_t caught;
static void catch_it(int number) { caught = number; }

/// One call from 32-bit code; what EAX holds then. The return address that the far jump back takes is 64-bit code's.
static unsigned from_32_bits(unsigned number, unsigned b, unsigned c, unsigned d) {
  unsigned result;
  __asm__ volatile(
      "mov %%rsp, %%r12\n"
      "lea 4080+%[stack], %%rsp\n"
      "pushq $0x23\n pushq $1f\n lretq\n"
      ".code32\n"
      "1: push %%eax\n mov $0x2b, %%eax\n mov %%eax, %%ds\n mov %%eax, %%es\n pop %%eax\n"
      "int $0x80\n"
      "ljmp $0x33, $2f\n"
      ".code64\n"
      "2: mov %%r12, %%rsp\n"
      : "=a"(result)
      : "0"(number), "b"(b), "c"(c), "d"(d), [stack] "m"(low_stack)
      : "memory", "r8", "r9", "r10", "r11", "r12", "cc");
  return result;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("write: %ld\n", CALL(nr_write, 1, text, sizeof text - 1));
  printf("upper halves do not count: %ld\n",
         int80((long)nr_write | 7l << 32, 1 | 1l << 40, (long)text | 1l << 50, (sizeof text - 1) | 3l << 33, 0, 0, 0));
  printf("getpid: %d\n", CALL(nr_getpid) == getpid());
  printf("getuid32: %d\n", CALL(nr_getuid32) == getuid());
  printf("no such call: %ld %ld\n", CALL(511), CALL(100000));
  printf("a bad descriptor: %ld\n", CALL(nr_read, -1, buffer, 1));
  printf("a bad address: %ld\n", CALL(nr_write, 1, 16, 1));
  printf("a pointer to the stack is cut off: %ld\n", CALL(nr_pipe, (long)&(int[2]){0}));

  snprintf(path, sizeof path, "/tmp/int80-%d", getpid());
  long fd = CALL(nr_open, path, O_RDWR | O_CREAT, 0600);
  printf("open: %d\n", fd >= 0);
  pieces[0].base = (uint32_t)(uintptr_t)text, pieces[0].length = 7;
  pieces[1].base = (uint32_t)(uintptr_t)(text + 10), pieces[1].length = 3;
  printf("writev: %ld\n", CALL(nr_writev, fd, pieces, 2));
  printf("lseek back from the end: %ld\n", CALL(nr_lseek, fd, -3, SEEK_END));
  printf("lseek before the beginning: %ld\n", CALL(nr_lseek, fd, -3, SEEK_SET));
  long got = CALL(nr_read, fd, buffer, sizeof buffer);
  printf("read: %ld \"%.*s\"\n", got, (int)got, buffer);
  long moved = CALL(nr_llseek, fd, 1, 5, &position, SEEK_SET);
  printf("_llseek: %ld to %lx\n", moved, (unsigned long)position);
  printf("lseek beyond 31 bits: %ld\n", CALL(nr_lseek, fd, 0, SEEK_CUR));
  CALL(nr_lseek, fd, 0, SEEK_SET);
  long page = CALL(nr_mmap2, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  printf("mmap2: %d\n", page > 0 && page < 1l << 32 && memcmp((char*)page, "written", 7) == 0);
  printf("close: %ld\n", CALL(nr_close, fd));
  printf("unlink: %ld\n", CALL(nr_unlink, path));

  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  printf("time: %d\n", CALL(nr_time, 0) - t.tv_sec < 2);
  printf("gettimeofday: %d\n", CALL(nr_gettimeofday, now32, 0) == 0 && now32[0] - t.tv_sec < 2 && now32[1] < 1000000);
  printf("clock_gettime: %d\n", CALL(nr_clock_gettime, CLOCK_REALTIME, now32) == 0 && now32[0] - t.tv_sec < 2);
  now32[0] = 0, now32[1] = 1000000;
  printf("nanosleep: %ld\n", CALL(nr_nanosleep, now32, 0));
  now32[1] = -1;
  printf("nanosleep for no time: %ld\n", CALL(nr_nanosleep, now32, 0));

  printf("pipe: %ld\n", CALL(nr_pipe, pair));
  long child = CALL(nr_fork);
  if (child == 0) {
    CALL(nr_write, pair[1], "x", 0);
    CALL(nr_exit, 7);
  }
  printf("waitpid: %d\n", CALL(nr_waitpid, child, &status, 0) == child);
  printf("status: %x\n", status);
  signal(SIGUSR1, catch_it);
  printf("kill: %ld", CALL(nr_kill, getpid(), SIGUSR1));
  printf(", caught %d\n", caught == SIGUSR1);

  // A read that a signal interrupts is made again behind the handler.
  struct sigaction restart = {.sa_handler = catch_it, .sa_flags = SA_RESTART};
  sigaction(SIGUSR2, &restart, NULL);
  pid_t self = getpid();
  if (fork() == 0) {
    usleep(20000);
    kill(self, SIGUSR2);
    usleep(20000);
    write(pair[1], "z", 1);
    _exit(0);
  }
  printf("restarted read: %ld", CALL(nr_read, pair[0], buffer, 1));
  printf(", %c, caught %d\n", buffer[0], caught == SIGUSR2);
  wait(NULL);

  printf("from 32-bit code, write: %u\n", from_32_bits(nr_write, 1, (unsigned)(uintptr_t)text, sizeof text - 1));
  printf("from 32-bit code, getpid: %d\n", from_32_bits(nr_getpid, 0, 0, 0) == (unsigned)getpid());
  printf("from 32-bit code, an error: %d\n", (int)from_32_bits(nr_close, 99, 0, 0));
  printf("from 32-bit code, a signal: %d", (int)from_32_bits(nr_kill, (unsigned)getpid(), SIGUSR1, 0));
  printf(", caught %d\n", caught == SIGUSR1);
  return 0;
}
