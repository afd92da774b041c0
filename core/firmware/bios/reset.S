// SPDX-License-Identifier: MIT
// The first instruction of all: the processor starts in real mode at F000:FFF0 (SDM vol. 3, 10.1.4), jumps to the start of
// the ROM, and what a PC's firmware must do before it can load anything is done here: a stack, interrupt vectors,
// interrupt controllers, timer, screen. Then INT 19h loads the boot sector.
#include "core/firmware/bios/bios.h"

        .code16
        .section .reset_vector, "ax"
        .globl reset_vector
reset_vector:
        ljmp    $ROM_SEGMENT, $start
        .ascii  "01/01/26"              // where a BIOS has its date
        .org    16

        .text
start:  cli
        cld
        xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $0x7c00, %sp
        mov     $ROM_PHYSICAL + firmware_phase, %eax
        mov     $0x0d86, %dx            // core/abi/tracepoint.h
        out     %eax, %dx

        // All vectors lead to "nothing", then those that have something to do.
        xor     %di, %di
        mov     $ROM_SEGMENT * 0x10000 + only_return, %eax
        mov     $256, %cx
        rep stosl
        mov     $vectors, %si
1:      mov     %cs:(%si), %di          // 4 * vector, handler; ends with 0
        mov     %cs:2(%si), %ax
        test    %ax, %ax
        jz      2f
        stosw
        add     $4, %si
        jmp     1b

        // Both 8259A (ICW1..ICW4, then masks: timer and cascade), channel 0 of the 8254 at 18.2 Hz.
2:      mov     $device_setup, %si
3:      mov     %cs:(%si), %dx
        mov     %cs:2(%si), %al
        test    %dx, %dx
        jz      4f
        out     %al, %dx
        add     $3, %si
        jmp     3b

4:      movw    $640, MEMORY_KIB
        movb    $80, COLUMNS
        mov     $0x1f7, %dx             // nothing there reads as ones
        in      %dx, %al
        inc     %al
        setnz   DISK_COUNT
        mov     $0x0003, %ax            // text mode, empty screen
        int     $0x10
        sti
        mov     $greeting, %si
        call    print
        int     $0x19

        // INT 18h: nothing to boot from.
        .globl no_boot, print
no_boot:
        mov     $no_disk, %si
        call    print
5:      cli
        hlt
        jmp     5b

// Prints the NUL-terminated text at CS:SI by INT 10h.
print:  mov     %cs:(%si), %al
        inc     %si
        test    %al, %al
        jz      6f
        mov     $0x0e, %ah
        int     $0x10
        jmp     print
6:      ret

vectors:
        .irp    n, 8, 9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf
        .word   4 * \n, first_pic_interrupt
        .endr
        .irp    n, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77
        .word   4 * \n, second_pic_interrupt
        .endr
        .word   4 * 0x08, timer_interrupt, 4 * 0x10, screen_service, 4 * 0x12, memory_size, 4 * 0x13, disk_service
        .word   4 * 0x15, system_service, 4 * 0x18, no_boot, 4 * 0x19, bootstrap, 4 * 0x1a, clock_service, 0, 0

device_setup:
        .macro  write port, value
        .word   \port
        .byte   \value
        .endm
        write   0x20, 0x11
        write   0x21, 0x08
        write   0x21, 0x04
        write   0x21, 0x01
        write   0xa0, 0x11
        write   0xa1, 0x70
        write   0xa1, 0x02
        write   0xa1, 0x01
        write   0x21, 0xfa
        write   0xa1, 0xff
        write   0x43, 0x34
        write   0x40, 0
        write   0x40, 0
        .word   0
        .byte   0

greeting: .asciz "lucid86 firmware\r\n"
no_disk:  .asciz "No bootable disk.\r\n"

        // TraceRecord{boot_phase, 0, {firmware}}
        .align  8
firmware_phase:
        .long   2, 0
        .quad   16, 0, 0, 0, 0, 0
