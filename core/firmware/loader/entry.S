// SPDX-License-Identifier: MIT
// Where the boot sector jumps: real mode, DL = the disk. From here to C++ in 32-bit protected mode without paging: a
// table of flat segments, CR0.PE, a far jump (SDM vol. 3, 10.9.1). And from C++ on into the kernel.
#include "core/firmware/loader/segments.h"

        .section .entry, "ax"
        .code16
        .globl loader_entry
loader_entry:
        cli
        cld
        xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %ss
        mov     $0x7c00, %sp
        movzbl  %dl, %ebx
        mov     $loader_phase, %eax
        mov     $0x0d86, %dx
        out     %eax, %dx
        lgdtl   gdt_pointer
        mov     %cr0, %eax
        or      $CR0_PE, %al
        mov     %eax, %cr0
        ljmpl   $FLAT_CODE, $1f

        .code32
1:      mov     $FLAT_DATA, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $0x7c00, %esp
        mov     $bss_start, %edi
        mov     $bss_end, %ecx
        sub     %edi, %ecx
        xor     %eax, %eax
        rep stosb
        push    %ebx
        call    load                    // does not return

// [[noreturn]] void enter_kernel(u32 entry, const void* start_info): as core/abi/boot_info.h says.
        .text
        .globl enter_kernel
enter_kernel:
        mov     4(%esp), %ecx
        mov     8(%esp), %ebx
        mov     $kernel_phase, %eax
        mov     $0x0d86, %dx
        out     %eax, %dx
        jmp     *%ecx

        .data
        .align  8
        .globl gdt_pointer
gdt:    .quad   0
        .quad   0x00cf9b000000ffff      // FLAT_CODE
        .quad   0x00cf93000000ffff      // FLAT_DATA
        .quad   0x00009b000000ffff      // REAL_CODE: 64 KiB, 16 bits
        .quad   0x000093000000ffff      // REAL_DATA
gdt_pointer:
        .word   . - gdt - 1
        .long   gdt

        // TraceRecord{boot_phase, 0, {...}}
        .align  8
loader_phase:
        .long   2, 0
        .quad   18, 0, 0, 0, 0, 0
kernel_phase:
        .long   2, 0
        .quad   19, 0, 0, 0, 0, 0
