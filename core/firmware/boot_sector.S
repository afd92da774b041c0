// SPDX-License-Identifier: MIT
// The first sector of the disk, which firmware loads to 0000:7C00 and jumps to in real mode, DL = the disk. It finds the
// active partition in the table at its own end, loads all of it (the loader, at most 63 sectors) to 0000:8000 and
// jumps there; DL stays.
#define TABLE 0x7c00 + 446 /* four entries of 16 bytes: status, CHS, type, CHS, first sector, sectors */
#define ENTRIES 4
#define ACTIVE 0x80
#define LOADER 0x8000
#define MOST_SECTORS 63

        .code16
        .text
        .globl boot_sector
boot_sector:
        ljmp    $0, $1f                 // some firmware comes by way of 07C0:0000
1:      cli
        cld
        xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $0x7c00, %sp
        sti
        push    %dx
        mov     $phase, %eax            // core/abi/tracepoint.h; nothing happens where the port is not
        mov     $0x0d86, %dx
        out     %eax, %dx
        pop     %dx

        mov     $TABLE, %si
        mov     $ENTRIES, %cx
2:      cmpb    $ACTIVE, (%si)
        je      3f
        add     $16, %si
        loop    2b
        mov     $no_partition, %si
        jmp     fail

3:      mov     8(%si), %eax
        mov     %eax, packet + 8
        mov     12(%si), %eax
        cmp     $MOST_SECTORS, %eax
        jbe     4f
        mov     $MOST_SECTORS, %ax
4:      mov     %ax, packet + 2
        mov     $packet, %si
        mov     $0x42, %ah
        int     $0x13
        jnc     LOADER
        mov     $no_sectors, %si

fail:   lodsb                           // prints the text at SI
        test    %al, %al
        jz      5f
        mov     $0x0e, %ah
        mov     $7, %bx
        int     $0x10
        jmp     fail
5:      cli
        hlt
        jmp     5b

packet: .byte   16, 0                   // INT 13h, AH = 42h: size
        .word   0                       // sectors
        .word   LOADER, 0               // to
        .quad   0                       // from
phase:  .long   2, 0                    // TraceRecord{boot_phase, 0, {boot_sector}}
        .quad   17, 0, 0, 0, 0, 0
no_partition: .asciz "No active partition.\r\n"
no_sectors:   .asciz "The loader cannot be read.\r\n"
