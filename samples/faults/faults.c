// SPDX-License-Identifier: MIT
// Watch: instructions the processor refuses. Each raises an exception with its own vector; the
// kernel's handler turns it into a signal. Every one is tried in a child of its own, which prints
// what the signal handler was told.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void divide_by_zero(void) {
  __asm__ volatile("xor %%edx, %%edx; xor %%ecx, %%ecx; mov $1, %%eax; div %%ecx" ::: "eax", "ecx", "edx");
}
static void divide_overflow(void) {
  __asm__ volatile("mov $0x80000000, %%eax; cdq; mov $-1, %%ecx; idiv %%ecx" ::: "eax", "ecx", "edx");
}
static void breakpoint(void) { __asm__ volatile("int3"); }
static void undefined(void) { __asm__ volatile("ud2"); }
static void halt(void) { __asm__ volatile("hlt"); }
static void disable_interrupts(void) { __asm__ volatile("cli"); }
static void read_port(void) { __asm__ volatile("in $0x60, %%al" ::: "eax"); }
static void write_control(void) { __asm__ volatile("mov %0, %%cr3" ::"r"(0l)); }
static void read_msr(void) { __asm__ volatile("rdmsr" ::"c"(0xc0000082) : "eax", "edx"); }
static void call_gate(void) { __asm__ volatile("int $14"); }
static void kernel_memory(void) { (void)*(volatile int*)0xffff888000200000; }  // where it maps RAM
static void null_pointer(void) { *(volatile int*)0 = 1; }
static void noncanonical(void) { *(volatile int*)0x8000000000000000 = 1; }
static void misaligned(void) {
  static char room[32] __attribute__((aligned(16)));
  __asm__ volatile("movaps (%0), %%xmm0" ::"r"(room + 1) : "xmm0");
}
static void simd_divide(void) {
  unsigned unmasked = 0x1f80 & ~(1u << 9);
  __asm__ volatile("ldmxcsr %0; xorps %%xmm1, %%xmm1; divss %%xmm1, %1" ::"m"(unmasked), "x"(1.0f) : "xmm1");
}
static void single_step(void) { __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq; nop" ::: "memory"); }

static const struct {
  const char *instruction, *exception;
  void (*execute)(void);
} faults[] = {
    {"div by zero", "#DE", divide_by_zero},
    {"idiv, result too large", "#DE", divide_overflow},
    {"popf setting TF", "#DB", single_step},
    {"int3", "#BP", breakpoint},
    {"ud2", "#UD", undefined},
    {"hlt", "#GP", halt},
    {"cli", "#GP", disable_interrupts},
    {"in al, 0x60", "#GP", read_port},
    {"mov cr3, rax", "#GP", write_control},
    {"rdmsr", "#GP", read_msr},
    {"int 14", "#GP", call_gate},
    {"mov eax, [kernel]", "#PF", kernel_memory},
    {"mov [0], 1", "#PF", null_pointer},
    {"mov [1 << 63], 1", "#GP", noncanonical},
    {"movaps, misaligned", "#GP", misaligned},
    {"divss by zero, unmasked", "#XM", simd_divide},
};

static const char* expected;

static void caught(int number, siginfo_t* info, void* context) {
  const long* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
  printf("%-4s vector %2ld, error code 0x%-3lx -> signal %2d, si_code %3d, %s\n", expected, registers[REG_TRAPNO],
         registers[REG_ERR], number, info->si_code, strsignal(number));
  fflush(stdout);
  _exit(0);
}

int main(void) {
  static const int signals[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGTRAP};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    printf("%-24s", faults[i].instruction);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
      for (size_t s = 0; s < sizeof signals / sizeof *signals; s++) sigaction(signals[s], &action, NULL);
      expected = faults[i].exception;
      faults[i].execute();
      printf("no exception\n");
      exit(1);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) < 0) return 1;
    if (WIFSIGNALED(status)) printf("ended by signal %d\n", WTERMSIG(status));
  }
  return 0;
}
