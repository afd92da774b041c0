// SPDX-License-Identifier: MIT
// A benchmark's way from its loader to C: 32-bit protected mode, paging off (the PVH entry state, or
// what boot_sector.S makes of a PC) -> page tables -> long mode -> bench_main. EBX is not looked at.
//
// The first 32 MiB are mapped one to one in pages of 4 KiB, as a kernel with real processes maps
// its memory: an emulator's TLB has as much to do as it would have there.
// Bits: SDM vol. 3, 4.5 (paging), 2.5 (control registers), 2.2.1 (EFER).
#define MAPPED_PAGES (32 << 8)
#define PTE_WRITABLE 0x03
#define CR4_SET 0x620             /* PAE, OSFXSR, OSXMMEXCPT */
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define CR0_SET 0x80010033        /* PG, WP, NE, ET, MP, PE */

        .section .note.pvh, "a", @note
        .align  4
        .long   4, 4, 18                // name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .long   start

        .section .start, "ax"
        .code32
        .globl  start
start:
        cli
        cld
        mov     $stack_top, %esp

        // Page tables, one behind the other, then the page directory over them.
        mov     $page_tables, %edi
        mov     $PTE_WRITABLE, %eax
        mov     $MAPPED_PAGES, %ecx
1:      mov     %eax, (%edi)
        movl    $0, 4(%edi)
        add     $0x1000, %eax
        add     $8, %edi
        dec     %ecx
        jnz     1b
        mov     $page_directory, %edi
        mov     $page_tables + PTE_WRITABLE, %eax
        mov     $MAPPED_PAGES / 512, %ecx
2:      mov     %eax, (%edi)
        movl    $0, 4(%edi)
        add     $0x1000, %eax
        add     $8, %edi
        dec     %ecx
        jnz     2b
        movl    $page_directory + PTE_WRITABLE, pdpt
        movl    $pdpt + PTE_WRITABLE, pml4

        mov     $CR4_SET, %eax
        mov     %eax, %cr4
        mov     $pml4, %eax
        mov     %eax, %cr3
        mov     $MSR_EFER, %ecx
        rdmsr
        or      $EFER_LME, %eax
        wrmsr
        mov     $CR0_SET, %eax
        mov     %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $0x08, $long_mode

        .code64
long_mode:
        mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        xor     %ebp, %ebp
        call    bench_main
3:      cli
        hlt
        jmp     3b

        .text
        .globl  timer_entry, fault_entry
timer_entry:
        push    %rax
        incq    timer_ticks(%rip)
        mov     $0x20, %al
        out     %al, $0x20              // end of interrupt
        pop     %rax
        iretq
fault_entry:
        cld
        and     $-16, %rsp
        call    bench_fault

        .section .rodata
        .align  8
gdt:    .quad   0
        .quad   0x00af9b000000ffff      // 64-bit code
        .quad   0x00cf93000000ffff      // data
gdt_pointer:
        .word   . - gdt - 1
        .long   gdt

        .bss
        .globl  timer_ticks
        .align  4096
pml4:           .skip 4096
pdpt:           .skip 4096
page_directory: .skip 4096
page_tables:    .skip MAPPED_PAGES * 8
                .skip 65536
stack_top:
timer_ticks:    .skip 8
        .section .note.GNU-stack, "", @progbits
