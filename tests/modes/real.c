// SPDX-License-Identifier: MIT
// Real mode, entered from protected mode and left again: vectors, limits, 32-bit code sizes, "unreal" segments
// (SDM vol. 3, 9.9 and ch. 20).
#include "machine.h"

// Copied to 0x8000. The body of a question is at 0x9000; vectors lead to `caught`, which notes AX = the vector.
__asm__(
    ".text\n.globl real_start, real_back, real_end, real_vector, real_vector_end\n.code16\n"
    "real_start:\n"
    " mov $0xb0, %ax; mov %ax, %ds; mov %ax, %es; mov %ax, %ss; mov %ax, %fs; mov %ax, %gs\n"
    " mov %cr0, %eax; and $~1, %eax; mov %eax, %cr0\n"
    " ljmp $0, $1f - real_start + 0x8000\n"
    "1: xor %ax, %ax; mov %ax, %ds; mov %ax, %es; mov %ax, %fs; mov %ax, %gs; mov %ax, %ss; mov $0x7f00, %sp\n"
    " lidt real_idt - real_start + 0x8000\n"

    " ljmp $0x900, $0\n"
    "real_idt: .word 0x3ff; .long 0\n"
    "real_back:\n"
    " xor %ax, %ax; mov %ax, %ds; lgdtl %cs:real_gdt - real_start + 0x8000\n"
    " mov %cr0, %eax; or $1, %eax; mov %eax, %cr0\n"
    " ljmpl $8, $real_return\n"
    "real_gdt: .word 0x10f; .long gdt\n"
    "real_end:\n"
    ".code32\n"
    ".globl attempt_in_real_mode\n"
    "attempt_in_real_mode: pushal; mov %esp, real_esp; ljmp $0xa8, $0x8000\n"
    "real_return: mov $0x10, %eax; mov %eax, %ds; mov %eax, %es; mov %eax, %ss; mov real_esp, %esp; lidt idt_pointer\n"
    " xor %eax, %eax; mov %eax, %fs; mov %eax, %gs; pushl $2; popfl; popal; ret\n"
    ".bss\nreal_esp: .space 4\n.text\n");
void attempt_in_real_mode(void);
extern u8 real_start[], real_back[], real_end[];

#define REAL(name, text)                                         \
  CODE(name, ".code16\n" text                                    \
             "\n"                                                \
             ".globl " #name "_end\n" #name "_end:\n.code32\n"); \
  extern u8 name##_end[]

REAL(r_nothing, "movw $1, 0x6000; ljmp $0, $0x8800");
REAL(r_int, "mov $0x1234, %ax; int $0x20; ljmp $0, $0x8800");
REAL(r_div, "xor %cx, %cx; div %cx");
REAL(r_limit, "mov $0xffff, %bx; movw (%bx), %ax");
REAL(r_limit_byte, "mov $0xffff, %bx; movb (%bx), %al; movw $2, 0x6000; ljmp $0, $0x8800");
REAL(r_address32, "mov $0x10000, %ebx; movb (%ebx), %al");
REAL(r_stack_wrap,
     "xor %sp, %sp; pushw $0x5678; mov $0x7f00, %sp; movw 0xfffe, %ax; mov %ax, 0x6002; movw $3, 0x6000; ljmp $0, "
     "$0x8800");
REAL(r_far_call,
     "lcall $0x8ff, $1f - r_far_call + 0x10; 1: popw 0x6002; popw 0x6004; movw $4, 0x6000; ljmp $0, $0x8800");
REAL(r_iret,
     "pushw $0x202; pushw $0x900; pushw $1f - r_iret; iret; 1: pushf; popw 0x6002; cli; movw $5, 0x6000; ljmp $0, "
     "$0x8800");
REAL(r_lldt, "lldt %ax");
REAL(r_ltr, "ltr %ax");
REAL(r_str, "str %ax");
REAL(r_arpl, "arpl %ax, %ax");
REAL(r_lar, "lar %ax, %ax");
REAL(r_sysenter, "sysenter");
REAL(r_ud, "ud2");
REAL(r_bound, "movl $0x20001, 0x6010; mov $9, %ax; bound %ax, 0x6010");
REAL(r_idt_limit, "lidt %cs:1f - r_idt_limit; int $0x20; 1: .word 0x3f; .long 0");
REAL(r_smsw, "smsw %ax; and $0x1f, %ax; mov %ax, 0x6002; movw $6, 0x6000; ljmp $0, $0x8800");
REAL(r_unreal,
     "mov %cr0, %eax; or $1, %al; mov %eax, %cr0; mov $0x10, %bx; mov %bx, %fs; and $0xfe, %al; mov %eax, %cr0;"
     "xor %bx, %bx; mov %bx, %fs; mov $0x900000, %ebx; movzbw %fs:(%ebx), %ax; mov %ax, 0x6002; movw $7, 0x6000;"
     "ljmp $0, $0x8800");
REAL(r_pg, "mov %cr0, %eax; or $0x80000000, %eax; mov %eax, %cr0");
REAL(r_movs, "mov $0x6100, %si; mov $0xffff, %di; movw $1, %cx; rep movsw");
REAL(r_trap, "pushw $0x102; popf; nop; nop");
REAL(r_jump_far, "ljmpl $0x900, $0x12345");

#define Q(name) \
  { #name, name, name##_end }
static const struct {
  const char* name;
  void (*code)(void);
  const u8* end;
} questions[] = {
    Q(r_nothing),
    Q(r_int),
    Q(r_div),
    Q(r_limit_byte),
    Q(r_stack_wrap),
    Q(r_far_call),
    Q(r_iret),
    Q(r_lldt),
    Q(r_ltr),
    Q(r_str),
    Q(r_arpl),
    Q(r_lar),
    Q(r_sysenter),
    Q(r_ud),
    Q(r_bound),
    Q(r_idt_limit),
    Q(r_smsw),
    Q(r_unreal),
    Q(r_trap),
    {"~~r_pg", r_pg, r_pg_end},
    {"~r_limit", r_limit, r_limit_end},
    {"~r_address32", r_address32, r_address32_end},
    {"~r_movs", r_movs, r_movs_end},
    {"~r_jump_far", r_jump_far, r_jump_far_end},
};

// Entered by every vector: notes the number, IP, CS and FLAGS of the frame.
__asm__(
    ".text\n.globl real_start, real_back, real_end, real_vector, real_vector_end\n.code16\n"
    "real_vector: pushw %ds; pushw $0; popw %ds; movw $0xee, 0x6000; mov %sp, %bx; movw %ss:2(%bx), %ax\n"
    " movw %ax, 0x6002; movw %ss:4(%bx), %ax; movw %ax, 0x6004; movw %ss:6(%bx), %ax; andw $0x7fd5, %ax; movw %ax, "
    "0x6006\n"
    " movw %cs, 0x6008; ljmp $0, $0x8800\n"
    "real_vector_end: .code32\n");
extern u8 real_vector[], real_vector_end[];

static void copy(u32 to, const u8* from, const u8* end) {
  while (from < end) *(u8*)to++ = *from++;
}

void ask_real_mode(void) {
  for (u32 i = 0; i < sizeof questions / sizeof *questions; ++i) {
    if (is_skipped(questions[i].name)) continue;
    build_tables();
    set_descriptor(code16, 0, 0xffff, 0x009b);
    copy(0x8000, real_start, real_end);
    copy(0x8800, real_back, real_end);
    copy(0x9000, (const u8*)questions[i].code, questions[i].end);
    for (u32 v = 0; v < 0x40; ++v) {
      copy(0xa000 + 0x100 * v, real_vector, real_vector_end);
      *(volatile u32*)(4 * v) = (0xa00 + 0x10 * v) << 16;  // CS tells which vector it was
    }
    attempt_in_real_mode();
    print(questions[i].name), print(":");
    for (u32 k = 0; k < 5; ++k) print(" "), print_number(((volatile u16*)0x6000)[k]), ((volatile u16*)0x6000)[k] = 0;
    print("\n");
  }
}
