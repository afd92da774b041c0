// SPDX-License-Identifier: MIT
// The system calls no uniform stub can make.

// long syscall(long number, ...): any system call by number.
    .section .text.syscall, "ax"
    .globl syscall
    .type syscall, @function
syscall:
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    mov %r9, %r8
    mov 8(%rsp), %r9
    syscall
    cmp $-4095, %rax
    jae libc_failed
    ret
    .size syscall, . - syscall

// pid_t vfork(void): the child runs on the parent's stack and would overwrite the return address
// there, so it is kept in a register the kernel preserves.
    .section .text.vfork, "ax"
    .globl vfork
    .type vfork, @function
vfork:
    pop %rdx
    mov $58, %eax
    syscall
    push %rdx
    cmp $-4095, %rax
    jae libc_failed
    ret
    .size vfork, . - vfork

// Where a signal handler returns to: the kernel pushes this address below the signal frame
// (sigaction(2), SA_RESTORER), and rt_sigreturn puts the interrupted registers back.
    .section .text.libc_restorer, "ax"
    .globl libc_restorer
    .type libc_restorer, @function
libc_restorer:
    mov $15, %eax
    syscall
    .size libc_restorer, . - libc_restorer

    .section .note.GNU-stack, "", @progbits
