// SPDX-License-Identifier: MIT
// Long mode with four and five levels: gates, returns, compatibility mode, canonical addresses, what is no longer there
// (SDM vol. 3, 5.8 and ch. 4; vol. 2). Each question enters long mode and leaves it again.
#include "machine.h"

#define CODE64(name, text) CODE(name, ".code64\n" text "\n.code32")

// Behind the gate: CS, SS, the caller's CS, and how much of the inner stack is used (0: none of it).
CODE64(to_inner64,
       "mov %cs, %eax; note64 %eax; mov %ss, %eax; note64 %eax; mov 8(%rsp), %rax; note64 %eax;"
       "mov $inner_stack_top, %eax; sub %esp, %eax; cmp $0x1000, %eax; jb 1f; xor %eax, %eax; 1: note64 %eax; lretq");
CODE64(l_nothing, "mov %cs, %eax; note64 %eax; mov %cr4, %rax; and $0x1000, %eax; note64 %eax; ret");
CODE64(l_la57, "mov %cr4, %rax; xor $0x1000, %rax; mov %rax, %cr4; ret");
CODE64(l_pae, "mov %cr4, %rax; and $~0x20, %rax; mov %rax, %cr4; ret");
CODE64(l_pg, "mov %cr0, %rax; btr $31, %rax; mov %rax, %cr0; ret");
CODE64(l_cr0_high, "mov %cr0, %rax; bts $32, %rax; mov %rax, %cr0; ret");
CODE64(l_cr4_high, "mov %cr4, %rax; bts $40, %rax; mov %rax, %cr4; ret");
CODE64(l_cr3_high, "mov %cr3, %rax; bts $55, %rax; mov %rax, %cr3; ret");
CODE64(l_cr8, "mov $16, %eax; mov %rax, %cr8; ret");
CODE64(l_read48, "mov $0x800000000000, %rax; mov (%rax), %eax; ret");
CODE64(l_read57, "mov $0x100000000000000, %rax; mov (%rax), %eax; ret");
CODE64(l_edge48, "mov $0x7ffffffffffc, %rax; mov (%rax), %rax; ret");
CODE64(l_push48, "mov $0x800000000008, %rsp; push %rax");
CODE64(l_jump48, "mov $0x800000000000, %rax; jmp *%rax");
CODE64(l_jump57, "mov $0x100000000000000, %rax; jmp *%rax");
CODE64(l_fs57, "mov $0xc0000100, %ecx; mov $0x1000000, %edx; xor %eax, %eax; wrmsr; ret");
CODE64(l_gate, "lcall *1f(%rip); ret; 1: .long 0; .word 0xd8");
CODE64(l_gate_upper, "movl $0x1f00, gdt + 0xe4; lcall *1f(%rip); 1: .long 0; .word 0xd8");
CODE64(l_gate_code32, "movw $8, gdt + 0xda; lcall *1f(%rip); 1: .long 0; .word 0xd8");
CODE64(l_gate_48, "movl $0x8000, gdt + 0xe0; lcall *1f(%rip); 1: .long 0; .word 0xd8");
CODE64(l_call_tss, "lcall *1f(%rip); 1: .long 0; .word 0x80");
CODE64(l_call_task_gate, "lcall *1f(%rip); 1: .long 0; .word 0x78");
CODE64(l_gate16, "lcall *1f(%rip); 1: .long 0; .word 0x50");
CODE64(l_int_task, "int $0x41");
CODE64(l_nt, "pushfq; orq $0x4000, (%rsp); popfq; iretq");
CODE64(
    l_iret,
    "mov %rsp, %rax; pushq $0; pushq %rax; pushfq; pushq $0xb8; pushq $1f; iretq; 1: mov %ss, %eax; note64 %eax; ret");
CODE64(
    l_both_bits,
    "mov gdt + 0xb8, %rax; bts $54, %rax; mov %rax, gdt + 0x38; mov $1f, %eax; pushq $0x38; pushq %rax; lretq; 1: ret");
CODE64(l_compatibility,
       "pushq $8; pushq $1f; lretq; .code32; 1: mov $0x10, %eax; mov %eax, %ss; mov %cs, %eax; note %eax;"
       "ljmp $0xb8, $2f; .code64; 2: mov %cs, %eax; note64 %eax; ret");
CODE64(l_compat_ring3,
       "pushq $0x23; pushq $user_stack_top; pushq $0x1b; pushq $1f; lretq; .code32; 1: mov $0x23, %eax;"
       "mov %eax, %ds; lcall $0xd8, $0; mov %cs, %eax; note %eax; mov $user_stack_top, %eax; sub %esp, %eax;"
       "note %eax; int $0x40");
CODE64(l_compat_ud, "pushq $0x23; pushq $user_stack_top; pushq $0x1b; pushq $1f; lretq; .code32; 1: sysretl");
CODE64(l_ring3,
       "pushq $0x23; pushq $user_stack_top; pushq $0xeb; pushq $1f; lretq; 1: lcall *2f(%rip); mov %cs, %eax;"
       "note64 %eax; int $0x40; 2: .long 0; .word 0xd8");
CODE64(l_ring3_rsp48,
       "movl $0x8000, %eax; mov %eax, tss64_image + 8; pushq $0x23; pushq $user_stack_top; pushq $0xeb; pushq $1f;"
       "lretq; 1: lcall *2f(%rip); 2: .long 0; .word 0xd8");
CODE64(l_syscall,
       "mov $0xc0000081, %ecx; xor %eax, %eax; mov $0x00d800b8, %edx; wrmsr; mov $0xc0000082, %ecx; mov $2f, %eax;"
       "xor %edx, %edx; wrmsr; mov $0xc0000084, %ecx; mov $0x300, %eax; wrmsr; pushq $0x23; pushq $user_stack_top;"
       "pushq $0xeb; pushq $1f; lretq; 1: syscall; 2: mov %cs, %eax; note64 %eax; mov %ss, %eax; note64 %eax;"
       "mov %r11d, %eax; note64 %eax; sub $1b, %ecx; note64 %ecx; mov $3f, %ecx; mov $2, %r11d; sysretq;"
       "3: mov %cs, %eax; note64 %eax; mov %ss, %eax; note64 %eax; int $0x40");
CODE64(l_sysenter_none, "mov $0x174, %ecx; xor %eax, %eax; xor %edx, %edx; wrmsr; sysenter");
CODE64(
    l_sysenter,
    "mov $0x174, %ecx; mov $0xb8, %eax; xor %edx, %edx; wrmsr; mov $0x175, %ecx; mov $inner_stack_top, %eax; wrmsr;"
    "mov $0x176, %ecx; mov $2f, %eax; wrmsr; pushq $0x23; pushq $user_stack_top; pushq $0xeb; pushq $1f; lretq;"
    "1: sysenter; 2: mov %cs, %eax; note64 %eax; mov %ss, %eax; note64 %eax; mov $3f, %edx; mov $user_stack_top, %ecx;"
    "sysexitq; 3: mov %cs, %eax; note64 %eax; mov %ss, %eax; note64 %eax; int $0x40");
CODE64(l_ltr32, "mov $0x80, %eax; ltr %ax; ret");
CODE64(l_ltr16, "mov $0x88, %eax; ltr %ax; ret");
CODE64(l_ltr_high, "movl $0x8000, gdt + 0x108; movb $0x89, gdt + 0x105; mov $0x100, %eax; ltr %ax; ret");
CODE64(l_lldt_ring0, "xor %eax, %eax; lldt %ax; sldt %eax; note64 %eax; ret");
CODE64(l_load_null_ss3, "mov $3, %eax; mov %eax, %ss");
CODE64(l_load_null_ss,
       "xor %eax, %eax; mov %eax, %ss; mov %ss, %eax; note64 %eax; mov $0x10, %eax; mov %eax, %ss; ret");
CODE64(l_vector_code32, "movw $8, idt64 + 0x41 * 16 + 2; int $0x41");
CODE64(l_vector_48, "movl $0x8000, idt64 + 0x41 * 16 + 8; int $0x41");
CODE64(l_vector_ist, "movb $1, idt64 + 0x41 * 16 + 4; int $0x41");
CODE64(l_vector_type, "movb $0xe6, idt64 + 0x41 * 16 + 5; int $0x41");
CODE64(l_lar_gate,
       "mov $0x48, %eax; xor %ecx, %ecx; lar %eax, %ecx; setz %dl; and $0xfff0ffff, %ecx; note64 %ecx; movzbl %dl, "
       "%edx; note64 %edx; mov $0x78, %eax; lar %eax, %ecx; setz %dl; movzbl %dl, %edx; note64 %edx; mov $0x88, %eax; "
       "lsl %eax, %ecx; setz %dl; movzbl %dl, %edx; note64 %edx; ret");
CODE64(l_into, ".byte 0xce");
CODE64(l_pusha, ".byte 0x60");
CODE64(l_lds, ".byte 0xc5, 0x00");
CODE64(l_jump_absolute, ".byte 0xea, 0, 0, 0, 0, 8, 0");

#define Q(name) \
  { #name, name }
static const struct question questions[] = {
    Q(l_nothing),
    Q(l_la57),
    {"~~l_pae", l_pae},
    {"~~l_pg", l_pg},
    {"~~l_cr0_high", l_cr0_high},
    {"~~l_cr4_high", l_cr4_high},
    {"~~l_cr3_high", l_cr3_high},
    {"~~l_cr8", l_cr8},
    Q(l_read48),
    Q(l_read57),
    {"~l_edge48", l_edge48},
    {"~l_push48", l_push48},
    {"~l_jump48", l_jump48},
    {"~l_jump57", l_jump57},
    {"~l_fs57", l_fs57},
    Q(l_gate),
    Q(l_gate_upper),
    Q(l_gate_code32),
    {"~l_gate_48", l_gate_48},
    Q(l_call_tss),
    Q(l_call_task_gate),
    Q(l_gate16),
    {"~l_int_task", l_int_task},
    Q(l_nt),
    Q(l_iret),
    {"~l_both_bits", l_both_bits},
    Q(l_compatibility),
    Q(l_compat_ring3),
    {"~l_compat_ud", l_compat_ud},
    Q(l_ring3),
    Q(l_ring3_rsp48),
    Q(l_syscall),
    {"~l_sysenter_none", l_sysenter_none},
    {"~l_sysenter", l_sysenter},
    Q(l_ltr32),
    Q(l_ltr16),
    Q(l_ltr_high),
    Q(l_lldt_ring0),
    {"~l_load_null_ss3", l_load_null_ss3},
    Q(l_load_null_ss),
    Q(l_vector_code32),
    {"~l_vector_48", l_vector_48},
    Q(l_vector_ist),
    {"~l_vector_type", l_vector_type},
    {"~l_lar_gate", l_lar_gate},
    Q(l_into),
    Q(l_pusha),
    Q(l_lds),
    Q(l_jump_absolute),
};

static int has_la57(void) {
  u32 a = 7, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return c >> 16 & 1;
}

void ask_long_mode(void) {
  for (int five_levels = 0; five_levels < 2; ++five_levels) {
    print(five_levels ? "five levels\n" : "four levels\n");
    if (five_levels && !has_la57()) return print("absent\n");
    for (u32 i = 0; i < sizeof questions / sizeof *questions; ++i) {
      if (is_skipped(questions[i].name)) continue;
      build_tables();
      if (questions[i].code == l_int_task) set_gate(idt64, 2 * 0x41, task_b, 0, 0xe5);
      attempt_in_long_mode(questions[i].code, five_levels);
      report(questions[i].name, questions[i].code);
    }
  }
}
