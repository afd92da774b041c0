// SPDX-License-Identifier: MIT
// Asks PIC, PIT, UART, 8042 and exit port questions whose answers do not depend on speed, and
// prints them on COM1. Runs from the PVH entry in 32-bit protected mode, on QEMU and on lucid86;
// the two outputs must be equal.
        .section .note.pvh, "a", @note
        .long   4, 4, 18
        .asciz  "Xen"
        .long   start

        .macro  put port, value
        mov     $\port, %dx
        mov     $\value, %al
        out     %al, %dx
        .endm
        .macro  get port
        mov     $\port, %dx
        in      %dx, %al
        .endm
        .macro  say text
        mov     $9f, %esi
        call    print_string
        .section .rodata
9:      .asciz  "\text"
        .text
        .endm
        .macro  show port                       // " xx" of a port
        get     \port
        call    print_byte
        .endm
        .macro  ocw3 port, value                // " xx" of IRR or ISR
        put     \port, \value
        show    \port
        .endm
        .macro  poll port                       // an acknowledge by software
        put     \port, 0x0c
        show    \port
        .endm
        .macro  thre_edge                       // IRQ 3: THR empty on COM2, enabled again
        put     0x2f9, 0
        put     0x2f9, 2
        .endm

        .text
        .code32
        .globl  start
start:
        mov     $stack, %esp
        lgdt    gdt_pointer
        ljmp    $8, $1f
1:      mov     $16, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        call    set_up_idt
        put     0x3fb, 3                        // both lines 8n1, FIFOs off, DTR RTS OUT2
        put     0x3f9, 0
        put     0x3fa, 0
        put     0x3fc, 0x0b
        put     0x2fb, 3
        put     0x2f9, 0
        put     0x2fa, 0
        put     0x2fc, 0x0b
        call    uart_questions
        call    pic_questions
        call    pit_questions
        call    interrupt_questions
        call    other_questions
        say     "done\n"
        put     0xf4, 0
        cli
2:      hlt
        jmp     2b

uart_questions:
        say     "uart after set-up: IER IIR LCR MCR LSR"
        show    0x2f9
        show    0x2fa
        show    0x2fb
        show    0x2fc
        show    0x2fd
        say     "\nscratch"
        put     0x2ff, 0xa5
        show    0x2ff
        say     "\ndivisor"
        put     0x2fb, 0x83
        put     0x2f8, 0x34
        put     0x2f9, 0x12
        show    0x2f8
        show    0x2f9
        put     0x2fb, 3
        show    0x2f9
        say     "\nloopback lines"
        put     0x2fc, 0x10
        get     0x2fe                           // QEMU reports no deltas of looped lines
        and     $0xf0, %al
        call    print_byte
        put     0x2fc, 0x1f
        get     0x2fe
        and     $0xf0, %al
        call    print_byte
        say     "\nloopback data: LSR RBR LSR"
        put     0x2f8, 0x5a
        show    0x2fd
        show    0x2f8
        show    0x2fd
        say     "\nFIFO on, data and THR interrupts: IIR LSR"
        put     0x2fa, 7
        put     0x2f9, 3
        show    0x2fa
        show    0x2fa
        put     0x2f8, 0x41
        show    0x2fa
        show    0x2fd
        show    0x2f8
        show    0x2fa
        show    0x2fa
        say     "\nFIFO off: IIR MCR"
        put     0x2f9, 0
        put     0x2fa, 0
        put     0x2fc, 0x0b
        show    0x2fa
        show    0x2fc
        say     "\nTHR interrupt: IIR twice, after IER again"
        put     0x2f9, 2
        show    0x2fa
        show    0x2fa
        thre_edge
        show    0x2fa
        put     0x2f9, 0
        say     "\n"
        ret

pic_questions:
        call    init_pics
        say     "pic: IMR IMR IRR ISR"
        show    0x21
        show    0xa1
        ocw3    0x20, 0x0a
        ocw3    0x20, 0x0b
        say     "\nmask"
        put     0x21, 0xf7
        put     0xa1, 0xa5
        show    0x21
        show    0xa1
        say     "\nrequest on 3: IRR ISR, poll, IRR ISR"
        thre_edge
        ocw3    0x20, 0x0a
        ocw3    0x20, 0x0b
        poll    0x20
        ocw3    0x20, 0x0a
        ocw3    0x20, 0x0b
        say     "\nagain while in service: IRR, poll"
        thre_edge
        ocw3    0x20, 0x0a
        poll    0x20
        say     "\nEOI: ISR, poll, ISR, specific EOI of 4: ISR, of 3: ISR"
        put     0x20, 0x20
        ocw3    0x20, 0x0b
        poll    0x20
        ocw3    0x20, 0x0b
        put     0x20, 0x64
        ocw3    0x20, 0x0b
        put     0x20, 0x63
        ocw3    0x20, 0x0b
        say     "\nmasked: IRR, poll, unmasked: poll"
        put     0x21, 0xff
        thre_edge
        ocw3    0x20, 0x0a
        poll    0x20
        put     0x21, 0xf7
        poll    0x20
        put     0x20, 0x20
        say     "\nautomatic EOI: poll, ISR"
        put     0x20, 0x11
        put     0x21, 0x20
        put     0x21, 4
        put     0x21, 3
        put     0x21, 0xf7
        thre_edge
        poll    0x20
        ocw3    0x20, 0x0b
        say     "\nedge/level registers"
        put     0x4d0, 0
        put     0x4d1, 0
        show    0x4d0
        show    0x4d1
        put     0x2f9, 0
        say     "\n"
        ret

pit_questions:
        say     "pit: status of mode 0 with count done, mode 2, mode 3 BCD high byte"
        put     0x61, 1
        put     0x43, 0xb0
        put     0x42, 16
        put     0x42, 0
1:      get     0x61
        test    $0x20, %al
        jz      1b
        put     0x43, 0xe8
        show    0x42
        put     0x43, 0xb4
        put     0x42, 0
        put     0x42, 0
        mov     $4000, %ecx
2:      get     0x61
        loop    2b
        put     0x43, 0xe8
        get     0x42
        and     $0x7f, %al                      // OUT may be in its low pulse
        call    print_byte
        put     0x43, 0xa7
        put     0x42, 0x50
        mov     $4000, %ecx
3:      get     0x61
        loop    3b
        put     0x43, 0xe8
        get     0x42
        and     $0x7f, %al
        call    print_byte
        say     "\nport 61 gate and speaker"
        put     0x61, 3
        get     0x61
        and     $0xf, %al
        call    print_byte
        put     0x61, 0
        get     0x61
        and     $0xf, %al
        call    print_byte
        say     "\n"
        ret

// IRQ 3 and IRQ 0 pending together, then let in: 0 comes first. Then ten periodic ticks by HLT.
interrupt_questions:
        say     "interrupts in order:"
        call    init_pics
        put     0x21, 0xff
        put     0x43, 0x30
        put     0x40, 10
        put     0x40, 0
        thre_edge
1:      put     0x20, 0x0a
        get     0x20
        cmp     $9, %al
        jne     1b
        put     0x21, 0xf6
        mov     $1000, %ecx
        sti
3:      loop    3b
        cli
        put     0x2f9, 0
        say     "\nten ticks:"
        put     0x21, 0xfe
        movl    $0, ticks
        put     0x43, 0x34
        put     0x40, 0x9c
        put     0x40, 0x2e
2:      sti
        hlt
        cli
        cmpl    $10, ticks
        jb      2b
        put     0x43, 0x30
        put     0x21, 0xff
        say     " counted\nsoftware interrupt, then none pending:"
        sti
        int     $0x30
        cli
        ret

other_questions:
        say     "\n8042 self test"
1:      get     0x64
        test    $1, %al
        jz      2f
        get     0x60
        jmp     1b
2:      put     0x64, 0xaa
3:      get     0x64
        test    $1, %al
        jz      3b
        show    0x60
        say     "\nnobody at 0x1234:"
        mov     $0x1234, %dx
        in      %dx, %eax
        call    print_byte
        say     "\n"
        ret

init_pics:
        put     0x20, 0x11
        put     0x21, 0x20
        put     0x21, 4
        put     0x21, 1
        put     0xa0, 0x11
        put     0xa1, 0x28
        put     0xa1, 2
        put     0xa1, 1
        put     0x21, 0xff
        put     0xa1, 0xff
        ret

// Vectors 0x20 … 0x30: each pushes its number and prints it.
set_up_idt:
        mov     $stubs, %eax
        mov     $idt + 0x20 * 8, %edi
        mov     $17, %ecx
1:      mov     %eax, %ebx
        mov     %bx, (%edi)
        movw    $8, 2(%edi)
        movw    $0x8e00, 4(%edi)
        shr     $16, %ebx
        mov     %bx, 6(%edi)
        add     $8, %edi
        add     $stub_size, %eax
        loop    1b
        lidt    idt_pointer
        ret

        .balign 16
stubs:
        .set    vector, 0x20
        .rept   17
        .balign 16
        pushl   $vector
        jmp     handler
        .set    vector, vector + 1
        .endr
        .set    stub_size, 16

handler:
        pushal
        mov     32(%esp), %eax
        cmp     $0x20, %al
        jne     1f
        incl    ticks
1:      call    print_byte
        put     0x20, 0x20
        popal
        add     $4, %esp
        iret

print_byte:                                     // " xx" of AL; keeps all but EAX, EDX
        push    %eax
        mov     $' ', %al
        call    print_char
        mov     (%esp), %eax
        shr     $4, %al
        call    print_digit
        pop     %eax
print_digit:
        and     $15, %al
        add     $'0', %al
        cmp     $'9', %al
        jbe     print_char
        add     $'a' - '0' - 10, %al
print_char:
        push    %eax
        mov     $0x3fd, %dx
1:      in      %dx, %al
        test    $0x20, %al
        jz      1b
        pop     %eax
        mov     $0x3f8, %dx
        out     %al, %dx
        ret
print_string:
        lodsb
        test    %al, %al
        jz      1f
        call    print_char
        jmp     print_string
1:      ret

        .section .rodata
        .balign 8
gdt:    .quad   0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
        .word   23
        .long   gdt
idt_pointer:
        .word   0x31 * 8 - 1
        .long   idt

        .bss
        .balign 16
idt:    .skip   0x31 * 8
ticks:  .skip   4
        .balign 16
        .skip   4096
stack:
