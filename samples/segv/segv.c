// SPDX-License-Identifier: MIT
// Watch: an access the page tables do not allow. The processor raises #PF (vector 14) with the
// address in CR2 and the reason in the error code; the kernel finds no mapping that allows it and
// sends SIGSEGV. The shell sees status 139: 128 + 11.
// segv [-c] [WHAT]: -c catches the signal and prints what the kernel says about it.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char constant[] = "constant";
static char data[16];

static void write_null(void) { *(volatile int*)0 = 1; }
static void read_null(void) { (void)*(volatile int*)0; }
static void write_text(void) { *(volatile char*)write_null = 0x90; }
static void write_constant(void) { *(volatile char*)constant = 'C'; }
static void run_stack(void) {
  unsigned char code[] = {0xc3};                // ret
  __asm__ volatile("" ::"r"(code) : "memory");  // the compiler must not know that nobody reads it
  ((void (*)(void))code)();
}
static void run_data(void) { ((void (*)(void))data)(); }
static void jump_null(void) { ((void (*volatile)(void))0)(); }
static void read_kernel(void) { (void)*(volatile long*)0xffffffff80100000; }
static void read_noncanonical(void) { (void)*(volatile long*)0x0123456789abcdef; }
static int recurse(volatile int depth) {
  volatile char room[4096];
  if (depth < 0) return 0;
  room[0] = (char)depth;
  return recurse(depth + 1) + room[0];
}
static void overflow_stack(void) { recurse(0); }

static const struct Crime {
  const char *name, *text;
  void (*commit)(void);
} crimes[] = {
    {"null", "writing to address 0, where nothing is mapped", write_null},
    {"read", "reading from address 0", read_null},
    {"text", "writing to the program's code, which is mapped read-only", write_text},
    {"const", "writing to a constant, which is mapped read-only", write_constant},
    {"stack", "executing the stack, which is mapped no-execute", run_stack},
    {"data", "executing a variable, which is mapped no-execute", run_data},
    {"jump", "calling a function at address 0", jump_null},
    {"kernel", "reading the kernel's memory from ring 3", read_kernel},
    {"noncanonical", "reading an address that no page table could hold: #GP, not #PF", read_noncanonical},
    {"overflow", "recursing until the stack has no room left", overflow_stack},
};

static void caught(int number, siginfo_t* info, void* context) {
  const ucontext_t* at = context;
  const long* registers = at->uc_mcontext.gregs;
  printf("caught signal %d (%s): si_code %d, si_addr %p\n", number, strsignal(number), info->si_code, info->si_addr);
  printf("exception %ld, error code %ld:", registers[REG_TRAPNO], registers[REG_ERR]);
  if (registers[REG_TRAPNO] == 14)
    printf(" %s, %s, from ring 3%s", registers[REG_ERR] & 1 ? "page present" : "page not present",
           registers[REG_ERR] & 2    ? "write"
           : registers[REG_ERR] & 16 ? "instruction fetch"
                                     : "read",
           registers[REG_ERR] & 4 ? "" : "?");
  printf("\n");
  fflush(stdout);
  _exit(0);
}

static void catch_signals(void) {
  static char alternate[8192];  // the stack itself may be what is broken
  sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = sizeof alternate}, NULL);
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

static int usage(void) {
  fprintf(stderr, "usage: segv [-c] [WHAT], where WHAT is one of\n");
  for (size_t i = 0; i < sizeof crimes / sizeof *crimes; i++)
    fprintf(stderr, "  %-13s %s\n", crimes[i].name, crimes[i].text);
  return 2;
}

int main(int argc, char** argv) {
  int first = argc > 1 && strcmp(argv[1], "-c") == 0 ? 2 : 1;
  const char* wanted = first < argc ? argv[first] : "null";
  for (size_t i = 0; i < sizeof crimes / sizeof *crimes; i++) {
    if (strcmp(crimes[i].name, wanted) != 0) continue;
    printf("%s\n", crimes[i].text);
    fflush(stdout);
    if (first == 2) catch_signals();
    crimes[i].commit();
    printf("nothing happened\n");
    return 1;
  }
  return usage();
}
