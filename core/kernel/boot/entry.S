// SPDX-License-Identifier: MIT
// From the loader to C++: 32-bit protected mode with paging off -> page tables -> long mode -> the
// higher half. EBX holds the physical address of HvmStartInfo (core/abi/boot_info.h).
//
// The first page tables, built here in RAM (2 MiB pages, the first 2 GiB of physical memory):
//
//   PML4[0]    -> identity:    0x0000000000000000 = physical 0   (until C++ drops it)
//   PML4[273]  -> direct map:  0xffff888000000000 = physical 0
//   PML4[511]  -> PDPT[510]:   0xffffffff80000000 = physical 0   (the linked address of the kernel)
//
// and with la57 on the command line PML5[0] and PML5[511] -> PML4.
//
// Bits used below: SDM vol. 3, 4.5 (paging), 2.5 (control registers), 2.2.1 (EFER).

#define KERNEL_BASE 0xffffffff80000000
#define PHYS(symbol) ((symbol) - KERNEL_BASE)

#define PTE_TABLE 0x03            /* present, writable */
#define PTE_2M 0x183              /* present, writable, large, global */
#define CR4_PAE 0x20
#define CR4_PGE 0x80
#define CR4_OSFXSR 0x200
#define CR4_OSXMMEXCPT 0x400
#define CR4_LA57 0x1000
#define MSR_EFER 0xc0000080
#define EFER_SCE 0x001
#define EFER_LME 0x100
#define EFER_NXE 0x800
#define CR0_SET 0x80050023        /* PG, AM, WP, NE, MP, PE */
#define TRACE_PORT 0x0d86         /* core/abi/tracepoint.h */

        .section .note.pvh, "a", @note
        .align 4
        .long 4, 4, 18            // name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .long pvh_entry

        .section .boot, "awx"
        .code32
        .globl pvh_entry
pvh_entry:
        cli
        cld
        mov     $boot_temporary_stack_top, %esp
        mov     $trace_entered, %eax
        mov     $TRACE_PORT, %dx
        out     %eax, %dx

        // Page directories: 1024 entries of 2 MiB.
        mov     $PHYS(boot_pd), %edi
        mov     $PTE_2M, %eax
        mov     $1024, %ecx
1:      mov     %eax, (%edi)
        movl    $0, 4(%edi)
        add     $0x200000, %eax
        add     $8, %edi
        dec     %ecx
        jnz     1b

        // PDPT of the low 512 GiB (identity and direct map), PDPT of the image, PML4.
        movl    $PHYS(boot_pd) + PTE_TABLE, PHYS(boot_pdpt_low)
        movl    $PHYS(boot_pd) + 4096 + PTE_TABLE, PHYS(boot_pdpt_low) + 8
        movl    $PHYS(boot_pd) + PTE_TABLE, PHYS(boot_pdpt_image) + 510 * 8
        movl    $PHYS(boot_pdpt_low) + PTE_TABLE, PHYS(boot_pml4)
        movl    $PHYS(boot_pdpt_low) + PTE_TABLE, PHYS(boot_pml4) + 273 * 8
        movl    $PHYS(boot_pdpt_image) + PTE_TABLE, PHYS(boot_pml4) + 511 * 8

        // CR4.PAE, CR3, EFER.LME, and then CR0.PG: from the next instruction on, addresses are virtual.
        mov     $CR4_PAE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT, %esi
        mov     $PHYS(boot_pml4), %edi
        call    wants_la57
        jnz     2f
        // A fifth level above: its entries 0 and 511 are the halves that four levels have.
        movl    $PHYS(boot_pml4) + PTE_TABLE, PHYS(boot_pml5)
        movl    $PHYS(boot_pml4) + PTE_TABLE, PHYS(boot_pml5) + 511 * 8
        or      $CR4_LA57, %esi
        mov     $PHYS(boot_pml5), %edi
2:      mov     %esi, %cr4
        mov     %edi, %cr3
        mov     $MSR_EFER, %ecx
        rdmsr
        or      $EFER_LME | EFER_NXE | EFER_SCE, %eax
        wrmsr
        mov     $CR0_SET, %eax
        mov     %eax, %cr0
        lgdt    boot_gdt_pointer
        ljmp    $0x08, $long_mode

// ZF: the command line has the word la57 and the processor five levels (CPUID leaf 7, ECX bit 16). EBX is kept.
wants_la57:
        push    %ebx
        mov     24(%ebx), %edx          // HvmStartInfo: its command line
        test    %edx, %edx
        jz      5f
        mov     %edx, %ecx
3:      mov     (%edx), %al
        test    %al, %al
        jz      5f
        cmpl    $0x3735616c, (%edx)     // "la57"
        lea     1(%edx), %edx
        jne     3b
        cmpb    $' ', 3(%edx)
        ja      3b
        lea     -1(%edx), %eax
        cmp     %eax, %ecx
        je      4f
        cmpb    $' ', -1(%eax)
        ja      3b
4:      xor     %eax, %eax
        cpuid
        cmp     $7, %eax
        jb      5f
        mov     $7, %eax
        xor     %ecx, %ecx
        cpuid
        not     %ecx
        test    $1 << 16, %ecx
        pop     %ebx
        ret
5:      or      $1, %al                 // not zero
        pop     %ebx
        ret

        .code64
long_mode:
        mov     $trace_paging_on, %eax
        mov     $TRACE_PORT, %dx
        out     %eax, %dx
        movabs  $higher_half, %rax
        jmp     *%rax

        .align 8
boot_gdt:
        .quad 0
        .quad 0x00af9b000000ffff  // 64-bit code
        .quad 0x00cf93000000ffff  // data
boot_gdt_pointer:
        .word . - boot_gdt - 1
        .long boot_gdt

        // TraceRecord{boot_phase, 0, {phase}}
        .align 8
trace_entered:
        .long 2, 0
        .quad 1, 0, 0, 0, 0, 0
trace_paging_on:
        .long 2, 0
        .quad 2, 0, 0, 0, 0, 0
        .align 16
        .skip 64
boot_temporary_stack_top:

        .text
        .code64
higher_half:
        xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     %eax, %fs
        mov     %eax, %gs
        lea     boot_stack_top(%rip), %rsp
        xor     %ebp, %ebp
        mov     %ebx, %edi
        call    start_kernel
2:      cli
        hlt
        jmp     2b

        .bss
        .align 4096
        .globl boot_pml5, boot_pml4, boot_pdpt_low, boot_pd, boot_stack, boot_stack_top
boot_pml5:       .skip 4096
boot_pml4:       .skip 4096
boot_pdpt_low:   .skip 4096
boot_pdpt_image: .skip 4096
boot_pd:         .skip 8192
boot_stack:      .skip 16384
boot_stack_top:
        .section .note.GNU-stack, "", @progbits
