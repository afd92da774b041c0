// SPDX-License-Identifier: MIT
// Watch: the same write(2) four ways, from the library down to the bare instruction. SYSCALL puts the
// return address in rcx and the flags in r11, loads RIP from an MSR and enters ring 0; INT 0x80 is
// the old way, through gate 0x80 of the IDT, with the 32-bit call numbers.
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bare_syscall(int fd, const char* text, size_t length) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(1l), "D"((long)fd), "S"(text), "d"(length) : "rcx", "r11", "memory");
  return result;
}

/// The kernel takes 32-bit pointers here; a static program's data lies below 4 GiB.
static long int_0x80(int fd, const char* text, size_t length) {
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(4l), "b"((long)fd), "c"(text), "d"(length)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
}

int main(int argc, char** argv) {
  static const char by_library[] = "puts: through the C library's buffer\n", by_stub[] = "write: the library's stub\n",
                    by_number[] = "syscall: any call by its number\n", bare[] = "SYSCALL: the instruction itself\n",
                    old[] = "INT 0x80: the old way\n";
  fputs(by_library, stdout);
  fflush(stdout);
  write(1, by_stub, sizeof by_stub - 1);
  syscall(SYS_write, 1, by_number, sizeof by_number - 1);
  bare_syscall(1, bare, sizeof bare - 1);
  if (argc > 1 && strcmp(argv[1], "int80") == 0) int_0x80(1, old, sizeof old - 1);
  printf("write to a closed descriptor: %ld\n", bare_syscall(99, bare, 1));
  printf("system call 9999: %ld\n", syscall(9999));
  return 0;
}
