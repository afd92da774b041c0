// SPDX-License-Identifier: MIT
// Where a process with a dynamically linked program begins: the kernel has mapped the program and this file, and
// enters here, with the stack that is meant for the program.
    .section .text._start, "ax"
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp
    mov %rsp, %rdi
    call load_program        // rax: the program's entry, rdx: the stack as it shall find it
    mov %rdx, %rsp
    xor %edx, %edx           // the ABI: a function to be called at exit, or 0
    jmp *%rax
    .size _start, . - _start

// The first call of a function in a library ends up here. The program has called its PLT, the PLT jumped through the
// slot, which led to: push NUMBER; push GOT[1]; jmp *GOT[2]. So the stack holds, from rsp on, the object, the number
// of the slot, and the address to return to. All registers that may hold arguments must survive.
    .section .text.bind_first_call, "ax"
    .globl bind_first_call
    .hidden bind_first_call
    .type bind_first_call, @function
bind_first_call:
    push %rax                // how many XMM registers a call with "..." uses
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    mov 64(%rsp), %rdi
    mov 72(%rsp), %rsi
    sub $8, %rsp             // 16-byte aligned at a call
    call bind_slot
    add $8, %rsp
    mov %rax, %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rax
    add $16, %rsp            // the object and the number
    jmp *%r11                // as if the function had been called in the first place
    .size bind_first_call, . - bind_first_call

    .section .note.GNU-stack, "", @progbits
