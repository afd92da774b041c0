// SPDX-License-Identifier: MIT
// void call_firmware(u32 vector, RealModeRegisters* registers): back to real mode, INT vector with these registers, into
// protected mode again (SDM vol. 3, 10.9.2). The registers come back as the firmware left them.
#include "core/firmware/loader/segments.h"

        .text
        .code32
        .globl call_firmware
call_firmware:
        pushal
        mov     36(%esp), %eax
        movb    %al, vector
        mov     40(%esp), %esi
        mov     %esi, caller
        mov     %esp, stack
        mov     $registers, %edi
        mov     $9, %ecx
        rep movsl
        lidtl   real_vectors
        ljmpl   $REAL_CODE, $1f
        .code16
1:      mov     $REAL_DATA, %ax         // limits of 64 KiB, as real mode has them
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     %cr0, %eax
        and     $~CR0_PE, %al
        mov     %eax, %cr0
        ljmp    $0, $2f
2:      xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %ss
        mov     $0x7c00 - 512, %sp      // below what C++ is using
        mov     registers + 28, %ax
        mov     %ax, %es
        mov     registers, %eax
        mov     registers + 4, %ebx
        mov     registers + 8, %ecx
        mov     registers + 12, %edx
        mov     registers + 16, %esi
        mov     registers + 20, %edi
        sti
        .byte   0xcd                    // INT
vector: .byte   0
        cli
        cld
        pushfl
        push    %ds
        push    $0
        pop     %ds
        mov     %eax, registers
        mov     %ebx, registers + 4
        mov     %ecx, registers + 8
        mov     %edx, registers + 12
        mov     %esi, registers + 16
        mov     %edi, registers + 20
        mov     %es, registers + 28
        pop     %ax                     // DS: none of the services used here returns it
        popl    registers + 24
        lgdtl   gdt_pointer
        mov     %cr0, %eax
        or      $CR0_PE, %al
        mov     %eax, %cr0
        ljmpl   $FLAT_CODE, $3f
        .code32
3:      mov     $FLAT_DATA, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     stack, %esp
        mov     $registers, %esi
        mov     caller, %edi
        mov     $9, %ecx
        rep movsl
        popal
        ret

        .data
        .align  4
real_vectors:
        .word   0x3ff
        .long   0
        .bss
        .align  4
registers: .skip 36
stack:     .skip 4
caller:    .skip 4
