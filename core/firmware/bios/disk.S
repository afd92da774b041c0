// SPDX-License-Identifier: MIT
// INT 13h, the disk, and INT 19h, which loads its first sector. The disk is device 0 of the primary ATA channel, read
// by programmed input without interrupts (ATA/ATAPI-6, 9.5). DL = 80h; carry and AH tell of errors.
//   AH = 0    reset                           AH = 2    read AL sectors of cylinder CH (and CL bits 7:6), head DH from
//   AH = 8    geometry                                  sector CL on to ES:BX
//   AH = 41h  are there extensions?           AH = 42h  read as the packet at DS:SI says:
//             byte size (16), byte 0, word count, word offset and word segment of the buffer, quad first sector
#include "core/firmware/bios/bios.h"

#define HEADS 16
#define SECTORS 63
#define CYLINDERS 1024
#define BAD_COMMAND 1
#define NOT_FOUND 4
#define BOOT_SIGNATURE 0xaa55

        .code16
        .text
        .globl disk_service, bootstrap
disk_service:
        cld
        push    %bp
        mov     %sp, %bp
        cmp     $0x80, %dl
        jne     bad_command
        cmp     $0x42, %ah
        je      extended_read
        cmp     $0x02, %ah
        je      read
        cmp     $0x41, %ah
        je      extensions
        cmp     $0x08, %ah
        je      geometry
        test    %ah, %ah
        jz      success
bad_command:
        mov     $BAD_COMMAND, %ah
failure:
        orw     $CARRY, CALLERS_FLAGS
        pop     %bp
        iret
success:
        xor     %ah, %ah
        andw    $~CARRY, CALLERS_FLAGS
        pop     %bp
        iret

extensions:
        mov     $BOOT_SIGNATURE, %bx
        mov     $1, %cx                 // extended disk access
        mov     $0x2101, %ax            // AH: version 1.1; success() is for others
        andw    $~CARRY, CALLERS_FLAGS
        pop     %bp
        iret

geometry:
        mov     $CYLINDERS - 1 & 0xff, %ch
        mov     $(CYLINDERS - 1 >> 8) << 6 | SECTORS, %cl
        mov     $(HEADS - 1) << 8 | 1, %dx
        jmp     success

extended_read:
        push    %es
        pushal
        les     4(%si), %di             // offset and segment lie so
        mov     2(%si), %cx
        mov     8(%si), %eax
        call    read_sectors
        popal
        pop     %es
        jnc     success
        mov     $NOT_FOUND, %ah
        jmp     failure

read:   push    %es
        pushal
        mov     %bx, %di
        movzbl  %al, %esi               // count
        movzbl  %cl, %ebx               // EBX = cylinder
        and     $0xc0, %bl
        shl     $2, %bx
        mov     %ch, %bl
        mov     %dh, %al                // ((cylinder * HEADS) + head) * SECTORS + sector - 1
        movzbl  %al, %eax
        imul    $HEADS, %ebx
        add     %ebx, %eax
        imul    $SECTORS, %eax
        and     $63, %cx
        jz      1f
        movzwl  %cx, %ecx
        lea     -1(%eax, %ecx), %eax
        mov     %si, %cx
        call    read_sectors
        jmp     2f
1:      stc
2:      popal
        pop     %es
        jnc     success
        mov     $NOT_FOUND, %ah
        jmp     failure

// CX sectors (1 to 255) from number EAX on, to ES:DI. Changes registers; carry: the device refused.
read_sectors:
        test    %cx, %cx
        jz      6f
        mov     %eax, %ebx
        mov     $0x3f6, %dx             // no interrupts: this code looks for itself
        mov     $2, %al
        out     %al, %dx
        mov     $0x1f2, %dx
        mov     %cl, %al
        out     %al, %dx
        mov     %ebx, %eax
        mov     $3, %ah
3:      inc     %dx                     // 0x1f3 to 0x1f5: number, low byte first
        mov     %bl, %al
        out     %al, %dx
        shr     $8, %ebx
        dec     %ah
        jnz     3b
        inc     %dx                     // 0x1f6: device 0, sector numbers
        mov     %bl, %al
        and     $0x0f, %al
        or      $0xe0, %al
        out     %al, %dx
        inc     %dx                     // 0x1f7: READ SECTORS
        mov     $0x20, %al
        out     %al, %dx
4:      mov     $0x1f7, %dx
5:      in      %dx, %al
        test    $0x80, %al              // busy
        jnz     5b
        test    $0x21, %al              // error, fault
        jnz     7f
        test    $0x08, %al              // data is there
        jz      5b
        push    %cx
        mov     $0x1f0, %dx
        mov     $256, %cx
        rep insw
        pop     %cx
        mov     %es, %ax                // keeps the offset from running over
        add     $0x20, %ax
        mov     %ax, %es
        sub     $0x200, %di
        loop    4b
6:      clc
        ret
7:      stc
        ret

// INT 19h: the first sector to 0000:7C00, and into it if it ends with 55 AA. DL = the disk.
bootstrap:
        sti
        xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     $1, %cx                 // cylinder 0, sector 1
        mov     $0x0080, %dx            // head 0
        mov     $0x7c00, %bx
        mov     $0x0201, %ax
        int     $0x13
        jc      8f
        cmpw    $BOOT_SIGNATURE, 0x7dfe
        jne     8f
        ljmp    $0, $0x7c00
8:      int     $0x18
