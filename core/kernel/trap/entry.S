// SPDX-License-Identifier: MIT
// The doors into the kernel and out of it. Every door builds the same TrapFrame (trap/trapframe.h).
#include "core/kernel/arch/offsets.h"

        .macro push_registers
        push    %rdi
        push    %rsi
        push    %rdx
        push    %rcx
        push    %rax
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        .endm
        .macro pop_registers
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rax
        pop     %rcx
        pop     %rdx
        pop     %rsi
        pop     %rdi
        .endm

        // Instructions for SMAP, NOPs until setup_protection() (arch/protection.h) knows better.
        .macro smap_instruction third_byte
770:    .byte   0x0f, 0x1f, 0x00
        .pushsection .init.smap_patches, "a"
        .quad   770b
        .byte   0x0f, 0x01, \third_byte, 0, 0, 0, 0, 0
        .popsection
        .endm
        .macro stac
        smap_instruction 0xcb
        .endm
        .macro clac
        smap_instruction 0xca
        .endm

        .text

// ---- 256 stubs, 16 bytes each: push an error code if the processor did not, and the vector ----
        .align 16
        .globl trap_stubs
trap_stubs:
        vector = 0
        .rept 256
        .align 16
        .if (vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21)
        .else
        push    $0
        .endif
        push    $vector
        jmp     trap_entry
        vector = vector + 1
        .endr

// Exceptions and interrupts, from ring 3 or ring 0.
trap_entry:
        push_registers
        cld
        clac
        testb   $3, FRAME_CS(%rsp)
        jz      1f
        swapgs
1:      mov     %rsp, %rdi
        xor     %ebp, %ebp
        call    trap_dispatch
        // Fall through: the same way out for all; a new task starts here too.
        .globl return_from_trap
return_from_trap:
        testb   $3, FRAME_CS(%rsp)
        jz      2f
        mov     %rsp, %rdi
        call    before_user_return
        swapgs
2:      pop_registers
        add     $16, %rsp               // vector, error
        .globl user_iret
user_iret:
        iretq

// SYSCALL: RCX = return address, R11 = flags; no stack switch, interrupts masked by SFMASK.
        .align 16
        .globl syscall_entry
syscall_entry:
        swapgs
        mov     %rsp, %gs:CPU_USER_STACK
        mov     %gs:CPU_KERNEL_STACK, %rsp
        push    $USER_DATA
        push    %gs:CPU_USER_STACK
        push    %r11
        push    $USER_CODE
        push    %rcx
        push    %rax                    // error: the number
        push    $0x100                  // vector
        push_registers
        mov     %rsp, %rdi
        xor     %ebp, %ebp
        call    syscall_dispatch
        mov     %rsp, %rdi
        call    before_user_return
        // SYSRET needs RCX = RIP, R11 = RFLAGS and a canonical user RIP: otherwise IRETQ.
        mov     FRAME_RIP(%rsp), %rcx
        mov     FRAME_FLAGS(%rsp), %r11
        mov     %rcx, %rax
        shr     $47, %rax
        jnz     3f
        cmpq    $USER_CODE, FRAME_CS(%rsp)
        jne     3f
        test    $0x10100, %r11d         // RF or TF: IRETQ
        jnz     3f
        testb   $1, FRAME_VECTOR + 1(%rsp)  // after rt_sigreturn or execve the frame is not SYSCALL's
        jz      3f
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        add     $8, %rsp
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rax
        add     $8, %rsp
        pop     %rdx
        pop     %rsi
        pop     %rdi
        mov     32(%rsp), %r11          // vector error rip cs [flags] rsp
        mov     40(%rsp), %rsp
        swapgs
        sysretq
3:      swapgs
        jmp     2b

// SYSENTER, from the door of 32-bit code (vdso/door32.h): EBP = user stack, nothing else is saved; EFLAGS.IF is
// off, but not TF, DF, NT and AC. The stack is a little one of its own until the task's is loaded: with TF set
// the first instruction here still raises #DB.
        .align 16
        .globl sysenter_entry, sysenter_entry_end
sysenter_entry:
        swapgs
        mov     %gs:CPU_KERNEL_STACK, %rsp
        mov     %ebp, %ebp
        push    $USER_DATA
        push    %rbp
        pushfq
        orq     $0x200, (%rsp)          // IF was on
        push    $2
        popfq
sysenter_entry_end:
        push    $USER_CODE32
        push    $0                      // RIP: sysenter_dispatch knows
        push    %rax                    // error: the number
        push    $0x80                   // vector
        push_registers
        mov     %rsp, %rdi
        xor     %ebp, %ebp
        call    sysenter_dispatch
        jmp     return_from_trap

// void switch_stacks(u64* save_rsp (rdi), u64 load_rsp (rsi)): what the C++ ABI wants kept.
        .globl switch_stacks
switch_stacks:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        mov     %rsp, (%rdi)
        mov     %rsi, %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret

// First run of a task: the stack holds its TrapFrame. Kernel function in RBX (or 0), argument in R12.
        .globl task_start
task_start:
        xor     %edi, %edi
        test    %rbx, %rbx
        setnz   %dil
        call    finish_first_switch
        test    %rbx, %rbx
        jz      return_from_trap
        mov     %r12, %rdi
        call    *%rbx
        cli
        jmp     return_from_trap

// The only instructions of the kernel that touch user memory. On a fault that the page-fault
// handler cannot resolve it jumps to the second address of the pair.
        .macro fixup at, to
        .pushsection .fixup_table, "a"
        .quad   \at, \to
        .popsection
        .endm

// u64 user_copy(void* to, const void* from, u64 size): the number of bytes NOT copied.
        .globl user_copy
user_copy:
        mov     %rdx, %rcx
        shr     $3, %rcx
        and     $7, %edx
        stac
10:     rep movsq
        mov     %edx, %ecx
11:     rep movsb
        clac
        mov     %rcx, %rax
        ret
12:     lea     (%rdx, %rcx, 8), %rcx   // words and bytes left: finish bytewise up to the fault
13:     rep movsb
14:     clac
        mov     %rcx, %rax
        ret
        fixup   10b, 12b
        fixup   11b, 14b
        fixup   13b, 14b

// u64 user_clear(void* to, u64 size): the number of bytes not cleared.
        .globl user_clear
user_clear:
        mov     %rsi, %rcx
        xor     %eax, %eax
        stac
20:     rep stosb
21:     clac
        mov     %rcx, %rax
        ret
        fixup   20b, 21b

// i64 user_string_length(const char* from, u64 limit): characters before the NUL, `limit` if there
// is none within it, -1 on a fault.
        .globl user_string_length
user_string_length:
        xor     %eax, %eax
        stac
30:     cmp     %rsi, %rax
        jae     32f
31:     cmpb    $0, (%rdi, %rax)
        je      32f
        inc     %rax
        jmp     30b
32:     clac
        ret
33:     clac
        mov     $-1, %rax
        ret
        fixup   31b, 33b
        .section .note.GNU-stack, "", @progbits
