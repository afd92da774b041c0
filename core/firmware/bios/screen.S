// SPDX-License-Identifier: MIT
// INT 10h, the screen in text mode 3: 80 x 25 cells of character and attribute at B800:0000.
//   AH = 0  set mode (clears the screen)      AH = 2  cursor to row DH, column DL
//   AH = 3  cursor in DH, DL                  AH = 0Eh  AL as on a teletype: CR, LF, BS and BEL act
#include "core/firmware/bios/bios.h"

#define SCREEN 0xb800
#define CELLS 80 * 25
#define BLANK 0x0720 /* light grey on black */

        .code16
        .text
        .globl screen_service
screen_service:
        cld
        push    %ds
        push    %es
        pusha
        push    $0
        pop     %ds
        push    $SCREEN
        pop     %es
        cmp     $0x0e, %ah
        je      teletype
        cmp     $2, %ah
        je      set_cursor
        cmp     $3, %ah
        je      get_cursor
        test    %ah, %ah
        jnz     done
        mov     %al, VIDEO_MODE
        xor     %di, %di
        mov     $BLANK, %ax
        mov     $CELLS, %cx
        rep stosw
        xor     %dx, %dx
set_cursor:
        mov     %dx, CURSOR
show_cursor:                            // CRT controller registers 14 and 15: its cell
        mov     CURSOR + 1, %al
        mov     $80, %bl
        mul     %bl
        movzbw  CURSOR, %bx
        add     %ax, %bx
        mov     $0x3d4, %dx
        mov     $14, %al
        mov     %bh, %ah
        out     %ax, %dx
        mov     $15, %al
        mov     %bl, %ah
        out     %ax, %dx
done:   popa
        pop     %es
        pop     %ds
        iret

get_cursor:
        popa
        mov     CURSOR, %dx
        mov     $0x0e0d, %cx            // its first and last line
        pop     %es
        pop     %ds
        iret

teletype:
        mov     CURSOR, %dx
        cmp     $13, %al
        je      carriage_return
        cmp     $10, %al
        je      line_feed
        cmp     $8, %al
        je      backspace
        cmp     $7, %al
        je      done
        mov     %ax, %cx
        mov     %dh, %al
        mov     $80, %bl
        mul     %bl
        movzbw  %dl, %di
        add     %ax, %di
        shl     %di
        mov     %cl, %al
        stosb
        inc     %dl
        cmp     $80, %dl
        jb      set_cursor
        xor     %dl, %dl
line_feed:
        inc     %dh
        cmp     $25, %dh
        jb      set_cursor
        dec     %dh                     // scroll
        push    %es
        pop     %ds
        xor     %di, %di
        mov     $80 * 2, %si
        mov     $80 * 24, %cx
        rep movsw
        mov     $BLANK, %ax
        mov     $80, %cx
        rep stosw
        push    $0
        pop     %ds
        jmp     set_cursor
carriage_return:
        xor     %dl, %dl
        jmp     set_cursor
backspace:
        test    %dl, %dl
        jz      done
        dec     %dl
        jmp     set_cursor
