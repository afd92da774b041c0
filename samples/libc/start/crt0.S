// SPDX-License-Identifier: MIT
// Where every program begins. The kernel enters here with all registers zero and rsp pointing at
// argc; above it lie argv, NULL, envp, NULL, auxv (System V ABI, x86-64 supplement, 3.4.1).
    .section .text._start, "ax"
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp           // the outermost frame: backtraces end here
    mov %rsp, %rdi           // the first argument of libc_start: the stack as the kernel left it
    and $-16, %rsp           // the ABI wants rsp 16-byte aligned at a call
    call libc_start
    hlt                      // libc_start does not return
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits  // no executable stack
