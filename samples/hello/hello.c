// SPDX-License-Identifier: MIT
// Watch: one write(2) system call carries the whole line. printf() collects it in a buffer; the
// stub `write` puts 1 in rax and executes SYSCALL; the kernel copies the bytes to the terminal.
#include <stdio.h>

int main(void) {
  printf("Hello from ring 3!\n");
  return 0;
}
