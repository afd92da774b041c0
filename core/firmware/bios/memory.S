// SPDX-License-Identifier: MIT
// How much memory there is, and where: INT 12h (KiB below the hole) and INT 15h.
//   AX = E820h  one entry of the map (ACPI specification, 15.1): EDX = "SMAP", EBX = which (0 = the first), ES:DI = where
//               to put 20 bytes, ECX = room for them; gives EAX = "SMAP", ECX = 20, EBX = the next or 0
//   AX = 2400h..2403h  the A20 line: it is always open here
#include "core/firmware/bios/bios.h"

#define SMAP 0x534d4150
#define ENTRY_SIZE 20
#define UNKNOWN_FUNCTION 0x86

        .code16
        .text
        .globl memory_size, system_service
memory_size:
        push    %ds
        push    $0
        pop     %ds
        mov     MEMORY_KIB, %ax
        pop     %ds
        iret

system_service:
        cld
        push    %bp
        mov     %sp, %bp
        andw    $~CARRY, CALLERS_FLAGS
        cmp     $0xe820, %ax
        je      memory_map
        cmp     $0x24, %ah
        je      a20
unknown:
        mov     $UNKNOWN_FUNCTION, %ah
        orw     $CARRY, CALLERS_FLAGS
        pop     %bp
        iret

a20:    cmp     $1, %al                 // open it
        je      2f
        cmp     $2, %al                 // its state: 1, open
        je      1f
        cmp     $3, %al                 // ways to do it: keyboard controller, port 92h
        jne     unknown
        mov     $3, %bx
1:      mov     $1, %al
2:      xor     %ah, %ah
        pop     %bp
        iret

memory_map:
        cmp     $SMAP, %edx
        jne     unknown
        cmp     $ENTRY_SIZE, %ecx
        jb      unknown
        cmp     $3, %ebx
        ja      unknown
        push    %ds
        push    %di
        push    %si
        push    %cs
        pop     %ds
        mov     %bx, %si
        shl     $4, %si
        lea     fixed_entries(%si), %si // 16 bytes: start, size, type, next
        lodsl
        stosl
        xor     %eax, %eax
        stosl
        lodsl
        test    %eax, %eax
        jnz     3f
        call    memory_above
3:      stosl
        xor     %eax, %eax
        stosl
        lodsl
        stosl
        lodsl
        mov     %eax, %ebx
        pop     %si
        pop     %di
        pop     %ds
        mov     $SMAP, %eax
        mov     $ENTRY_SIZE, %ecx
        pop     %bp
        iret

        .align  4
fixed_entries:
        .long   0, 0xa0000, 1, 1
        .long   0xa0000, 0x50000, 2, 2  // video memory, ROMs of adapters
        .long   0xf0000, 0x10000, 2, 3  // this ROM
        .long   0x100000, 0, 1, 0       // to the end of memory

// EAX = bytes of memory from 1 MiB on. The clock chip's RAM has KiB above 1 MiB at 30h (64 MiB at most) and units of
// 64 KiB above 16 MiB at 34h.
memory_above:
        mov     $0x34, %al
        call    two_bytes_of_cmos
        test    %eax, %eax
        jz      4f
        shl     $16, %eax
        add     $15 << 20, %eax
        ret
4:      mov     $0x30, %al
        call    two_bytes_of_cmos
        shl     $10, %eax
        ret

two_bytes_of_cmos:
        push    %bx
        mov     %al, %bl
        inc     %al
        out     %al, $0x70
        in      $0x71, %al
        mov     %al, %ah
        mov     %bl, %al
        out     %al, $0x70
        in      $0x71, %al
        movzwl  %ax, %eax
        pop     %bx
        ret
