// SPDX-License-Identifier: MIT
// Hardware interrupts, of which only the timer's is used, and the clock service that tells what it counted.
#include "core/firmware/bios/bios.h"

        .code16
        .text
        .globl only_return, timer_interrupt, first_pic_interrupt, second_pic_interrupt, clock_service
timer_interrupt:
        push    %ds
        push    %ax
        xor     %ax, %ax
        mov     %ax, %ds
        incl    TICKS
        jmp     1f
second_pic_interrupt:
        push    %ds
        push    %ax
        mov     $0x20, %al              // end of interrupt
        out     %al, $0xa0
        jmp     1f
first_pic_interrupt:
        push    %ds
        push    %ax
1:      mov     $0x20, %al
        out     %al, $0x20
        pop     %ax
        pop     %ds
only_return:
        iret

// INT 1Ah, AH = 0: CX:DX = ticks since start, AL = 0.
clock_service:
        test    %ah, %ah
        jnz     only_return
        push    %ds
        xor     %ax, %ax
        mov     %ax, %ds
        mov     TICKS, %dx
        mov     TICKS + 2, %cx
        pop     %ds
        iret
