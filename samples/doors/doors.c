// SPDX-License-Identifier: MIT
// Watch: one write(2) through three doors into the kernel. SYSCALL: no table is read and the stack stays the
// program's until the kernel changes it. INT 0x80: gate 0x80 of the IDT, and the stack from the TSS. SYSENTER, from
// 32-bit code: CS, RSP and RIP from MSRs, and nothing is saved. Numbers and registers of the last two are those of
// 32-bit x86. Step into each, and compare the instructions spent (the TSC counts them here).
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char by_syscall[] = "by SYSCALL\n", by_int80[] = "by INT 0x80\n", by_sysenter[] = "by SYSENTER\n";
static unsigned char low_stack[1024] __attribute__((aligned(16)));

static unsigned long tsc(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (unsigned long)high << 32 | low;
}

static long door_syscall(const char* text, unsigned long length) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "0"(1l), "D"(1l), "S"(text), "d"(length) : "rcx", "r11", "memory");
  return result;
}

static long door_int80(const char* text, unsigned long length) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(4l), "b"(1l), "c"(text), "d"(length) : "memory");
  return result;
}

/// Far-jumps into the 32-bit code segment, onto a stack below 4 GiB, and calls the kernel's piece of code that
/// ends in SYSENTER.
static int door_sysenter(const char* text, unsigned long length) {
  int result;
  __asm__ volatile(
      "push %%rbp\n mov %%rsp, %%r12\n"
      "lea 1008+%[stack], %%rsp\n"
      "pushq $0x23\n pushq $1f\n lretq\n"
      ".code32\n"
      "1: push %%eax\n mov $0x2b, %%eax\n mov %%eax, %%ds\n mov %%eax, %%es\n pop %%eax\n"
      "push $0xffffe000\n call *(%%esp)\n"
      "ljmp $0x33, $2f\n"
      ".code64\n"
      "2: mov %%r12, %%rsp\n pop %%rbp\n"
      : "=a"(result)
      : "0"(4), "b"(1), "c"((uint32_t)(uintptr_t)text), "d"((uint32_t)length), [stack] "m"(low_stack)
      : "memory", "r8", "r9", "r10", "r11", "r12", "cc");
  return result;
}

int main(void) {
  unsigned long t0 = tsc();
  if (door_syscall(by_syscall, strlen(by_syscall)) < 0) return 1;
  unsigned long t1 = tsc();
  if (door_int80(by_int80, strlen(by_int80)) < 0) return 1;
  unsigned long t2 = tsc();
  door_sysenter(by_sysenter, 0);  // the door is put into memory when it is first used
  unsigned long t3 = tsc();
  if (door_sysenter(by_sysenter, strlen(by_sysenter)) < 0) return 1;
  unsigned long t4 = tsc();
  printf("instructions: SYSCALL %lu, INT 0x80 %lu, SYSENTER %lu\n", t1 - t0, t2 - t1, t4 - t3);
  return 0;
}
