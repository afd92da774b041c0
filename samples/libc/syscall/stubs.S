// SPDX-License-Identifier: MIT
// One function per system call, made from the one list (core/abi/syscall.def).
//
// A C call passes its arguments in rdi rsi rdx rcx r8 r9; the SYSCALL instruction wants the number
// in rax and the arguments in rdi rsi rdx r10 r8 r9, because it overwrites rcx (with the return
// address) and r11 (with the flags). So a stub moves rcx to r10, and that is all.
//
// Two symbols per call: `sys_NAME` gives the kernel's own answer (-errno on failure), `NAME` gives
// -1 and sets errno, as C expects. NAME is weak: where C's function of that name does something
// else (exit, brk, getcwd), a strong definition elsewhere in the libc replaces it.

    .macro STUB number, name
    .section .text.sys_\name, "ax"
    .globl sys_\name
    .type sys_\name, @function
sys_\name:
    mov %rcx, %r10
    mov $\number, %eax
    syscall
    ret
    .size sys_\name, . - sys_\name

    .section .text.\name, "ax"
    .weak \name
    .type \name, @function
\name:
    mov %rcx, %r10
    mov $\number, %eax
    syscall
    cmp $-4095, %rax         // -4095..-1 is -errno
    jae libc_failed          // (unsigned: those are the largest values)
    ret
    .size \name, . - \name
    .endm

#define SYSCALL(number, name, ...) STUB number, name
#include "core/abi/syscall.def"

// Turns -errno in rax into what C expects.
    .section .text.libc_failed, "ax"
    .globl libc_failed
    .hidden libc_failed
    .type libc_failed, @function
libc_failed:
    neg %eax
    mov %eax, errno(%rip)
    mov $-1, %rax
    ret
    .size libc_failed, . - libc_failed

    .section .note.GNU-stack, "", @progbits
