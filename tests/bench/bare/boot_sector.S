// SPDX-License-Identifier: MIT
// The first sector of a benchmark's disk, for emulators that know no other way in than a PC's BIOS.
// Reads the image behind it with INT 13h, AH = 42h (Phoenix EDD 1.1), copies it to 1 MiB, clears
// what follows and jumps to its first byte in 32-bit protected mode.
//
//   0x7c00   this sector; make_disk.py writes `image_sectors` and `clear_bytes` into it
//   0x10000  the image as read, at most 448 KiB
//   0x100000 where it runs
#define CHUNK 64                        /* sectors per call: 32 KiB */
        .code16
        .globl  _start
_start: cli
        xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $0x7c00, %sp
        ljmp    $0, $1f
1:      cld
        mov     %dl, drive
        mov     image_sectors, %bx
2:      mov     $packet, %si
        mov     drive, %dl
        mov     $0x42, %ah
        int     $0x13
        jc      failed
        addw    $CHUNK * 512 / 16, packet_segment
        addw    $CHUNK, packet_block
        sub     $CHUNK, %bx
        ja      2b

        cli
        in      $0x92, %al              // address line 20 on
        or      $2, %al
        out     %al, $0x92
        lgdt    gdt_pointer
        mov     %cr0, %eax
        or      $1, %al
        mov     %eax, %cr0
        ljmpl   $0x08, $protected

failed: mov     $0x0e21, %ax            // "!" on the screen
        int     $0x10
3:      hlt
        jmp     3b

        .code32
protected:
        mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        movzwl  image_sectors, %ecx
        shl     $7, %ecx
        mov     $0x10000, %esi
        mov     $0x100000, %edi
        rep movsl
        mov     clear_bytes, %ecx
        xor     %eax, %eax
        rep stosb
        mov     $0x100000, %eax
        jmp     *%eax

        .align  8
gdt:    .quad   0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
        .word   23
        .long   gdt
packet: .word   16, CHUNK, 0
packet_segment:
        .word   0x1000
packet_block:
        .quad   1
drive:  .byte   0
        .org    502
image_sectors:
        .word   0
clear_bytes:
        .long   0
        .word   0
        .org    510
        .word   0xaa55
