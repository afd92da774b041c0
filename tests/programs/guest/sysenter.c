// SPDX-License-Identifier: MIT
// System calls by SYSENTER from 32-bit code, through the kernel's door for it (core/kernel/vdso/door32.h).
// What is printed is what 32-bit Linux would do for the same calls.
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { nr_read = 3, nr_write = 4, nr_close = 6, nr_getpid = 20, nr_kill = 37, nr_mmap2 = 192 };
static char text[] = "written by SYSENTER\n", buffer[8];
static unsigned char low_stack[4096] __attribute__((aligned(16)));
static struct { uint32_t number, b, c, d, s, i, p; } call;
static volatile sig_atomic_t caught;
static void catch_it(int number) { caught = number; }

/// `flags` are set in 32-bit code just before the call.
static unsigned door(unsigned flags) {
  unsigned result;
  __asm__ volatile(
      "push %%rbp\n mov %%rsp, %%r12\n"
      "lea 4080+%[stack], %%rsp\n"
      "pushq $0x23\n pushq $1f\n lretq\n"
      ".code32\n"
      "1: mov $0x2b, %%ecx\n mov %%ecx, %%ds\n mov %%ecx, %%es\n"
      "pushl %%eax\n"
      "mov 4(%%edx), %%ebx\n mov 8(%%edx), %%ecx\n mov 16(%%edx), %%esi\n mov 20(%%edx), %%edi\n mov 24(%%edx), %%ebp\n"
      "mov 0(%%edx), %%eax\n mov 12(%%edx), %%edx\n"
      "popfl\n"
      "call 0xffffe000\n"
      "ljmp $0x33, $2f\n"
      ".code64\n"
      "2: mov %%r12, %%rsp\n pop %%rbp\n"
      : "=a"(result)
      : "0"(flags), "d"(&call), [stack] "m"(low_stack)
      : "memory", "rbx", "rcx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "cc");
  return result;
}
static unsigned make(unsigned n, unsigned b, unsigned c, unsigned d, unsigned s, unsigned i, unsigned p) {
  call.number = n, call.b = b, call.c = c, call.d = d, call.s = s, call.i = i, call.p = p;
  return door(0x202);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("write: %u\n", make(nr_write, 1, (unsigned)(uintptr_t)text, sizeof text - 1, 0, 0, 0));
  printf("getpid: %d\n", make(nr_getpid, 0, 0, 0, 0, 0, 0) == (unsigned)getpid());
  printf("close: %d\n", (int)make(nr_close, 77, 0, 0, 0, 0, 0));
  unsigned six = make(nr_mmap2, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("six arguments: %d\n", six < 0xfffff000 && !(six & 4095) && *(char*)(uintptr_t)six == 0);
  printf("a bad sixth one: %d\n", (int)make(nr_mmap2, 0, 4096, PROT_READ, MAP_PRIVATE, 77, 1));
  signal(SIGUSR1, catch_it);
  printf("kill: %d", (int)make(nr_kill, getpid(), SIGUSR1, 0, 0, 0, 0));
  printf(", caught %d\n", caught == SIGUSR1);
  int pair[2];
  pipe(pair);
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
  printf("restarted read: %d", (int)make(nr_read, pair[0], (unsigned)(uintptr_t)buffer, 1, 0, 0, 0));
  printf(", %c, caught %d\n", buffer[0], caught == SIGUSR2);
  wait(NULL);
  // Flags that SYSENTER does not clear must not hurt the kernel.
  signal(SIGTRAP, SIG_IGN);
  if (fork() == 0) {
    call.number = nr_getpid;
    unsigned kinds[] = {0x602, 0x4202, 0x40202};  // DF, NT, AC
    for (int i = 0; i < 3; i++) {
      door(kinds[i]);
      __asm__ volatile("pushq $0x202\n popfq" ::: "cc", "memory");
    }
    _exit(0);
  }
  int status;
  wait(&status);
  printf("other flags: %d\n", WIFEXITED(status));
  if (fork() == 0) {
    call.number = nr_getpid;
    door(0x302);  // single-step
    _exit(0);
  }
  wait(&status);
  printf("the kernel lives on\n");
  if (fork() == 0) __asm__ volatile("mov $1, %%eax\n xor %%ebp, %%ebp\n sysenter" ::: "memory", "rax");
  wait(&status);
  printf("SYSENTER without the door: %d\n",
         WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGILL));  // Intel, AMD
  return 0;
}
