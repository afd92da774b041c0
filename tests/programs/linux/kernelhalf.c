// SPDX-License-Identifier: MIT
// What a program finds where it has nothing to find: at the null page, in the kernel's half, between the halves. By
// its own instructions and by system calls. The same with four and five levels of page tables, SMEP and SMAP or not.
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile siginfo_t seen;
static volatile unsigned long trap, error;

static void on_fault(int number, siginfo_t* info, void* context) {
  ucontext_t* u = context;
  memcpy((void*)&seen, info, sizeof seen);
  trap = u->uc_mcontext.gregs[REG_TRAPNO];
  error = u->uc_mcontext.gregs[REG_ERR];
  siglongjmp(back, number);
}

static const struct {
  const char* what;
  uintptr_t address;
} places[] = {
    {"null", 0},
    {"null page, further on", 0xff8},
    {"last page below 2^47", 0x7ffffffff000},
    {"between the halves", 0x0100000000000000},
    {"start of the kernel half", 0xffff800000000000},
    {"direct map", 0xffff888000000000},
    {"direct map, 1 MiB", 0xffff888000100000},
    {"kernel image", 0xffffffff80105000},
    {"last address", 0xfffffffffffffff8},
};
enum { count = sizeof places / sizeof places[0] };

static void tell(const char* what, const char* how, uintptr_t address, int number) {
  int same = (uintptr_t)seen.si_addr == address;
  printf("%s: %s: signal %d code %d trap %lu error %lu at %s\n", how, what, number, seen.si_code, trap, error,
         same           ? "it"
         : seen.si_addr ? "another address"
                        : "no address");
}

enum access { reading, writing, executing };

static __attribute__((noinline)) void touch(enum access how, uintptr_t address) {
  if (how == reading) (void)*(volatile uint64_t*)address;
  if (how == writing) *(volatile uint64_t*)address = 1;
  if (how == executing) ((void (*)(void))address)();
}

static __attribute__((noinline)) void try(int place, enum access how) {
  static const char* const names[] = {"read", "write", "execute"};
  int number = sigsetjmp(back, 1);
  if (number)
    tell(places[place].what, names[how], places[place].address, number);
  else
    touch(how, places[place].address), printf("%s: %s: nothing happened\n", names[how], places[place].what);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  for (int i = 0; i < count; i++) try(i, reading), try(i, writing), try(i, executing);
  int ends[2];
  if (pipe(ends)) return 1;
  for (int i = 0; i < count; i++) {
    char* at = (char*)places[i].address;
    errno = 0;
    ssize_t written = write(ends[1], at, 8);
    printf("%s: write %zd errno %d", places[i].what, written, errno);
    if (write(ends[1], "12345678", 8) != 8) return 1;
    errno = 0;
    ssize_t got = read(ends[0], at, 8);
    printf(", read %zd errno %d", got, errno);
    char rest[16];
    if (got < 0 && read(ends[0], rest, sizeof rest) != 8) return 1;
    errno = 0;
    int opened = (int)syscall(SYS_stat, at, &(struct stat){0});
    printf(", stat %d errno %d", opened, errno);
    errno = 0;
    int of = (int)syscall(SYS_stat, "/", at);
    printf(", result of stat %d errno %d\n", of, errno);
  }
  void* mapped = mmap((void*)0xffff888000000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  printf("mmap in the kernel half: %s\n", mapped == MAP_FAILED ? strerror(errno) : "mapped");
  printf("munmap there: %d", munmap((void*)0xffff888000000000, 4096));
  printf(" errno %d\n", errno);
  printf("mprotect there: %d", mprotect((void*)0xffff888000000000, 4096, PROT_READ));
  printf(" errno %d\n", errno);
  return 0;
}
