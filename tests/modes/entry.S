// SPDX-License-Identifier: MIT
// Entry, vectors and the ways into the other modes and back.
        .section .note.pvh, "a", @note
        .long   4, 4, 18
        .asciz  "Xen"
        .long   start

        .text
        .code32
        .globl  start
start:
        mov     $stack_top, %esp
        cld
        call    main
1:      hlt
        jmp     1b

// --- vectors: number, error code or 0, then the common part ---
        .globl  vector_stubs
        .balign 16
vector_stubs:
        .set    number, 0
        .rept   0x48
        .balign 16
        .if     !(number == 8 || (number >= 10 && number <= 14) || number == 17)
        pushl   $0
        .endif
        pushl   $number
        jmp     caught
        .set    number, number + 1
        .endr

caught:
        mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %es
        popl    result                          // vector
        popl    result + 4                      // error
        cld
        xor     %ecx, %ecx                      // the frame, relative to SS
1:      mov     (%esp, %ecx, 4), %eax
        mov     %eax, result + 24(, %ecx, 4)
        inc     %ecx
        cmp     frame_words, %ecx
        jne     1b
        andl    $~0x10000, result + 32          // RF, which not everybody sets
        mov     result + 24, %eax
        mov     %eax, result + 8
        mov     result + 28, %eax
        mov     %eax, result + 12
        mov     result + 32, %eax
        mov     %eax, result + 16
        xor     %eax, %eax
        str     %ax
        mov     %eax, result + 20
recover:
        mov     recover_esp, %esp
        mov     $0x10, %eax
        mov     %eax, %ss
        mov     %eax, %ds
        mov     %eax, %es
        xor     %eax, %eax
        mov     %eax, %fs
        mov     %eax, %gs
        pushl   $2
        popfl
        popal
        ret

        .macro  begin
        pushal
        mov     %esp, recover_esp
        movl    $-1, result
        mov     36(%esp), %ebx                  // the first argument
        .endm

        .globl  attempt, attempt_in_ring3, attempt_in_8086
attempt:
        begin
        call    *%ebx
        jmp     recover

attempt_in_ring3:
        begin
        pushl   $0x23
        pushl   $user_stack_top
        pushl   $2
        pushl   $0x1b
        pushl   %ebx
        mov     $0x23, %eax
        mov     %eax, %ds
        mov     %eax, %es
        iretl

attempt_in_8086:
        begin
        mov     %ebx, %esi
        mov     40(%esp), %ecx
        sub     %esi, %ecx
        mov     $0x7000, %edi
        cld
        rep movsb
        mov     44(%esp), %eax
        shl     $12, %eax
        or      $0x20002, %eax
        pushl   $0x33                           // GS FS DS ES SS ESP EFLAGS CS EIP
        pushl   $0x44
        pushl   $0x55
        pushl   $0x66
        pushl   $0x600
        pushl   $0xff0
        pushl   %eax
        pushl   $0x700
        pushl   $0
        iretl

// --- long mode: in, and out from wherever an exception was ---
        .globl  attempt_in_long_mode, leave_long_mode
attempt_in_long_mode:
        begin
        mov     $pml4, %eax
        mov     %cr4, %ecx
        or      $0x20, %ecx                     // PAE
        cmpl    $0, 40(%esp)
        je      1f
        or      $0x1000, %ecx                   // LA57
        mov     $pml5, %eax
1:      mov     %ecx, %cr4
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx
        rdmsr
        or      $0x101, %eax                    // LME, SCE
        wrmsr
        mov     %cr0, %eax
        or      $0x80000000, %eax
        mov     %eax, %cr0
        lidt    idt64_pointer
        ljmp    $0xb8, $2f
        .code64
2:      mov     $0x100, %eax
        ltr     %ax
        mov     %ebx, %ebx
        call    *%rbx
leave_long_mode:
        mov     recover_esp, %esp
        pushq   $8
        pushq   $3f
        lretq
        .code32
3:      mov     $0x10, %eax
        mov     %eax, %ss
        mov     %eax, %ds
        mov     %cr0, %eax
        and     $0x7fffffff, %eax
        mov     %eax, %cr0
        mov     $0xc0000080, %ecx
        rdmsr
        and     $~0x100, %eax
        wrmsr
        mov     %cr4, %eax
        and     $~0x1020, %eax
        mov     %eax, %cr4
        lidt    idt_pointer
        jmp     recover

        .globl  vector_stubs64
        .code64
        .balign 16
vector_stubs64:
        .set    number, 0
        .rept   0x48
        .balign 16
        .if     !(number == 8 || (number >= 10 && number <= 14) || number == 17)
        pushq   $0
        .endif
        pushq   $number
        jmp     caught64
        .set    number, number + 1
        .endr
caught64:
        cld
        popq    %rax
        mov     %eax, result
        popq    %rax
        mov     %eax, result + 4
        mov     (%rsp), %rax
        mov     %eax, result + 8
        mov     8(%rsp), %rax
        mov     %eax, result + 12
        mov     16(%rsp), %rax
        mov     %eax, result + 16
        xor     %eax, %eax
        str     %ax
        mov     %eax, result + 20
        jmp     leave_long_mode

        .code32
        .data
        .globl  idt_pointer, frame_words
frame_words: .long 9
        .balign 8
idt_pointer:
        .word   256 * 8 - 1
        .long   idt
        .balign 8
idt64_pointer:
        .word   256 * 16 - 1
        .long   idt64, 0

        .bss
        .balign 16
recover_esp: .space 4
        .balign 16
        .space  16384
stack_top:
        .globl  user_stack_top, inner_stack_top, task_stack_top
        .space  4096
user_stack_top:
        .space  4096
inner_stack_top:
        .space  4096
task_stack_top:
