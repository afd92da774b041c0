// SPDX-License-Identifier: MIT
// Far JMP, CALL and RET in protected mode: segments, call gates, stacks, segment loads and what may be known of
// descriptors (SDM vol. 3, ch. 5; vol. 2, JMP CALL RET IRET LAR LSL VERR VERW ARPL MOV).
#include "machine.h"

extern u8 inner_stack_top[];

// Behind gates: what arrived, and back.
CODE(to_inner,
     "mov %cs, %eax; note %eax; mov %ss, %eax; note %eax; mov 8(%esp), %eax; note %eax; mov 16(%esp), %eax; note %eax;"
     "mov 24(%esp), %eax; note %eax; mov $inner_stack_top, %eax; sub %esp, %eax; note %eax; lret $12");
CODE(to_inner16,
     "mov %cs, %eax; note %eax; mov 4(%esp), %eax; note %eax; mov $inner_stack_top, %eax; sub %esp, %eax; note %eax;"
     "int $0x40");
CODE(to_conforming, "mov %cs, %eax; note %eax; mov %ss, %eax; note %eax; lret");

// --- from ring 0 ---
CODE(jump_null, "ljmp $0, $0");
CODE(jump_beyond, "ljmp $0x1f8, $0");
CODE(jump_data, "ljmp $0x10, $0");
CODE(jump_outer, "ljmp $0x1b, $0");
CODE(jump_rpl, "ljmp $0x0b, $1f; 1: ret");
CODE(jump_absent, "ljmp $0x38, $0");
CODE(jump_conforming, "ljmp $0x33, $1f; 1: mov %cs, %eax; note %eax; ljmp $8, $2f; 2: ret");
CODE(jump_ldt, "ljmp $0xa0, $0");
CODE(jump_limit, "ljmp $0xa8, $0x12345");
CODE(jump_gate, "mov $1f, %eax; mov %ax, gdt + 0x48; shr $16, %eax; mov %ax, gdt + 0x4e; ljmp $0x48, $0; 1: ret");
CODE(jump_gate_conforming,
     "mov $1f, %eax; mov %ax, gdt + 0x60; shr $16, %eax; mov %ax, gdt + 0x66; ljmp $0x60, $0;"
     "1: mov %cs, %eax; note %eax; ljmp $8, $2f; 2: ret");
CODE(call_gate_same, "mov %esp, %ebx; pushl $1; lcall $0x60, $0; popl %eax; sub %esp, %ebx; note %ebx; ret");
CODE(call_gate_absent, "lcall $0x68, $0");
CODE(call_gate_data, "lcall $0x70, $0");
CODE(call_gate_null, "lcall $0xf8, $0");
CODE(call_null, "lcall $0, $0");
CODE(ret_null, "pushl $0; pushl $0; lret");
CODE(ret_data, "pushl $0x10; pushl $0; lret");
CODE(ret_outer_bad_stack, "pushl $0x10; pushl $0; pushl $0x1b; pushl $0; lret");
CODE(ret_outer_null_stack, "pushl $0; pushl $0; pushl $0x1b; pushl $0; lret");
CODE(ret_outer,
     "mov $0x10, %eax; mov %eax, %fs; mov $0x23, %eax; mov %eax, %gs; mov $0x30, %eax; mov %eax, %es; pushl $0x23;"
     "pushl $user_stack_top; pushl $0x1b; pushl $1f; lret; 1: mov $0x23, %eax; mov %eax, %ds; mov %fs, %eax;"
     "note %eax; mov %gs, %eax; note %eax; mov %es, %eax; note %eax; int $0x40");
CODE(load_absent, "mov $0x40, %eax; mov %eax, %ds");
CODE(load_code, "mov $8, %eax; mov %eax, %fs; mov %fs, %eax; note %eax; ret");
CODE(load_execute_only, "mov $0xd0, %eax; mov %eax, %fs");
CODE(load_stack_null, "xor %eax, %eax; mov %eax, %ss");
CODE(load_stack_absent, "mov $0x40, %eax; mov %eax, %ss");
CODE(load_stack_read_only, "mov $0xc8, %eax; mov %eax, %ss");
CODE(load_stack_outer, "mov $0x23, %eax; mov %eax, %ss");
CODE(load_stack_ldt, "mov $0xa0, %eax; lldt %ax; mov $0x14, %eax; mov %eax, %ss; mov %ss, %eax; note %eax; ret");
CODE(load_ldt_null, "mov $0x14, %eax; mov %eax, %ds");
CODE(use_null, "xor %eax, %eax; mov %eax, %fs; mov %fs:0, %eax");
CODE(use_execute_only, "ljmp $0xd0, $1f; 1: mov %cs:2f, %eax; 2: nop");
CODE(write_read_only, "mov $0xc8, %eax; mov %eax, %fs; mov %fs:seen, %eax; mov %eax, %fs:seen");
CODE(write_code, "mov $8, %eax; mov %eax, %fs; mov %eax, %fs:seen");
CODE(expand_down_in, "mov $0xc0, %eax; mov %eax, %fs; mov %fs:0x2000, %eax; ret");
CODE(expand_down_out, "mov $0xc0, %eax; mov %eax, %fs; mov %fs:0x1ffe, %eax; ret");
CODE(limit_in, "mov $0xb0, %eax; mov %eax, %fs; mov %fs:0xfffc, %eax; ret");
CODE(limit_out, "mov $0xb0, %eax; mov %eax, %fs; mov %fs:0xfffd, %eax; ret");
CODE(stack_limit, "mov $0xf0, %eax; mov %eax, %ss; mov $64, %esp; mov 0x3d(%esp), %eax");

CODE(lldt_bad, "mov $0x10, %eax; lldt %ax");
CODE(lldt_in_ldt, "mov $0xa4, %eax; lldt %ax");
CODE(ltr_busy, "mov $0x28, %eax; ltr %ax");
CODE(ltr_null, "xor %eax, %eax; ltr %ax");
CODE(ltr_absent, "mov $0x98, %eax; ltr %ax");
CODE(vector_beyond, "movw $0x17f, idt_pointer; lidt idt_pointer; int $0x30");
CODE(vector_absent, "andb $0x7f, idt + 0x41 * 8 + 5; int $0x41");
CODE(vector_data, "movw $0x10, idt + 0x41 * 8 + 2; int $0x41");
CODE(vector_null, "movw $0, idt + 0x41 * 8 + 2; int $0x41");
CODE(vector_outer, "movw $0x1b, idt + 0x41 * 8 + 2; int $0x41");
CODE(vector_is_call_gate, "movb $0xec, idt + 0x41 * 8 + 5; int $0x41");
CODE(iret_same, "pushfl; pushl %cs; pushl $1f; iretl; 1: ret");
CODE(iret_inner_flags, "pushl $0x3ad7; pushl %cs; pushl $1f; iretl; 1: pushfl; popl %eax; note %eax; ret");

static const struct question ring0[] = {
    {"jump null", jump_null},
    {"jump beyond", jump_beyond},
    {"jump data", jump_data},
    {"jump outer", jump_outer},
    {"jump rpl", jump_rpl},
    {"jump absent", jump_absent},
    {"jump conforming", jump_conforming},
    {"jump ldt", jump_ldt},
    {"jump limit", jump_limit},
    {"jump gate", jump_gate},
    {"jump gate conforming", jump_gate_conforming},
    {"call gate same", call_gate_same},
    {"call gate absent", call_gate_absent},
    {"call gate data", call_gate_data},
    {"call gate null", call_gate_null},
    {"call null", call_null},
    {"ret null", ret_null},
    {"ret data", ret_data},
    {"ret outer bad stack", ret_outer_bad_stack},
    {"ret outer null stack", ret_outer_null_stack},
    {"ret outer", ret_outer},
    {"load absent", load_absent},
    {"load code", load_code},
    {"load execute only", load_execute_only},
    {"load stack null", load_stack_null},
    {"load stack absent", load_stack_absent},
    {"load stack read only", load_stack_read_only},
    {"load stack outer", load_stack_outer},
    {"load stack ldt", load_stack_ldt},
    {"load ldt null", load_ldt_null},
    {"~use null", use_null},
    {"~use execute only", use_execute_only},
    {"~write read only", write_read_only},
    {"~write code", write_code},
    {"~expand down in", expand_down_in},
    {"~expand down out", expand_down_out},
    {"~limit in", limit_in},
    {"~limit out", limit_out},
    {"~stack limit", stack_limit},
    {"lldt bad", lldt_bad},
    {"lldt in ldt", lldt_in_ldt},
    {"ltr busy", ltr_busy},
    {"~ltr null", ltr_null},
    {"ltr absent", ltr_absent},
    {"vector beyond", vector_beyond},
    {"vector absent", vector_absent},
    {"vector data", vector_data},
    {"vector null", vector_null},
    {"vector outer", vector_outer},
    {"vector is call gate", vector_is_call_gate},
    {"iret same", iret_same},
    {"iret flags", iret_inner_flags},
};

// --- from ring 3 ---
CODE(user_gate32,
     "mov %esp, %ebx; pushl $0x11; pushl $0x22; pushl $0x33; lcall $0x48, $0; sub %esp, %ebx; note %ebx; int $0x40");
CODE(user_gate16, "mov %esp, %ebx; pushw $0x11; pushw $0x22; lcall $0x50, $0; mov %ss, %eax; note %eax; int $0x40");
CODE(user_gate_dpl0, "lcall $0x58, $0");
CODE(user_gate_rpl, "lcall $0x4b, $0; int $0x40");
CODE(user_jump_gate, "ljmp $0x48, $0");
CODE(user_gate_conforming, "lcall $0x60, $0; mov %cs, %eax; note %eax; int $0x40");
CODE(user_call_inner, "lcall $8, $0");
CODE(user_call_conforming, "lcall $0x30, $to_conforming; int $0x40");
CODE(user_stack_null, "movl $0, tss_main + 8; lcall $0x48, $0");
CODE(user_stack_outer, "movl $0x23, tss_main + 8; lcall $0x48, $0");
CODE(user_stack_read_only, "movl $0xc8, tss_main + 8; lcall $0x48, $0");
CODE(user_stack_absent, "movl $0x40, tss_main + 8; lcall $0x48, $0");
CODE(user_stack_beyond, "movl $0x1f8, tss_main + 8; lcall $0x48, $0");
CODE(user_stack_small, "movl $0xf0, tss_main + 8; movl $16, tss_main + 4; lcall $0x48, $0");
CODE(user_load_inner, "mov $0x10, %eax; mov %eax, %fs");
CODE(user_load_rpl, "mov $0x20, %eax; mov %eax, %fs; mov %fs, %eax; note %eax; int $0x40");
CODE(user_cli, "cli");
CODE(user_hlt, "hlt");
CODE(user_clts, "clts");
CODE(user_lgdt, "lgdt 0");
CODE(user_lldt, "lldt %ax");
CODE(user_ltr, "ltr %ax");
CODE(user_cr0, "mov %cr0, %eax");
CODE(user_dr0, "mov %dr0, %eax");
CODE(user_rdmsr, "rdmsr");
CODE(user_wbinvd, "wbinvd");
CODE(user_invlpg, "invlpg 0");
CODE(user_lmsw, "lmsw %ax");
CODE(user_monitor, ".byte 0x0f, 0x01, 0xc8");
CODE(user_in_allowed, "in $0x80, %al; int $0x40");
CODE(user_in_refused, "in $0x81, %al");
CODE(user_in_word, "in $0x80, %ax");
CODE(user_in_beyond, "movw $0x88, tss_main + 0x66; in $0x80, %al");
CODE(user_in_short_tss, "mov $0x3f8, %edx; in %dx, %al");
CODE(user_popf, "pushl $0x3ed7; popfl; pushfl; popl %eax; note %eax; int $0x40");
CODE(user_int_inner, "int $0x0d");
CODE(user_int3, "int3");
CODE(user_into, "mov $0x7f, %al; add $1, %al; into");
CODE(user_div, "xor %ecx, %ecx; div %ecx");
CODE(user_sidt, "sub $8, %esp; sidt (%esp); int $0x40");
CODE(user_smsw, "smsw %eax; and $1, %eax; note %eax; int $0x40");
CODE(user_iret_inner, "pushl $2; pushl $8; pushl $0; iretl");
CODE(user_iret_iopl, "pushl $0x3202; pushl $0x1b; pushl $1f; iretl; 1: pushfl; popl %eax; note %eax; int $0x40");

static const struct question ring3[] = {
    {"gate 32", user_gate32},
    {"gate 16", user_gate16},
    {"gate dpl 0", user_gate_dpl0},
    {"gate rpl", user_gate_rpl},
    {"jump gate inner", user_jump_gate},
    {"~gate to conforming", user_gate_conforming},
    {"call inner", user_call_inner},
    {"call conforming", user_call_conforming},
    {"user load inner", user_load_inner},
    {"user load rpl", user_load_rpl},
    {"user cli", user_cli},
    {"user hlt", user_hlt},
    {"user clts", user_clts},
    {"user lgdt", user_lgdt},
    {"user lldt", user_lldt},
    {"user ltr", user_ltr},
    {"user cr0", user_cr0},
    {"user dr0", user_dr0},
    {"user rdmsr", user_rdmsr},
    {"user wbinvd", user_wbinvd},
    {"user invlpg", user_invlpg},
    {"user lmsw", user_lmsw},
    {"~user monitor", user_monitor},
    {"user in allowed", user_in_allowed},
    {"user in refused", user_in_refused},
    {"user in word", user_in_word},
    {"user in beyond", user_in_beyond},
    {"user in high", user_in_short_tss},
    {"user popf", user_popf},
    {"user int inner", user_int_inner},
    {"user int3", user_int3},
    {"user into", user_into},
    {"user div", user_div},
    {"user sidt", user_sidt},
    {"user smsw", user_smsw},
    {"user iret inner", user_iret_inner},
    {"user iret iopl", user_iret_iopl},
};

// With a bad SS0 not even the fault finds a stack: a task takes it.
static const struct question inner_stacks[] = {
    {"inner stack null", user_stack_null},           {"inner stack outer", user_stack_outer},
    {"inner stack read only", user_stack_read_only}, {"inner stack absent", user_stack_absent},
    {"inner stack beyond", user_stack_beyond},       {"~inner stack small", user_stack_small},
};
static void ask_inner_stack(const struct question* q) {
  build_tables();
  for (u32 vector = 10; vector <= 12; ++vector) set_gate(idt, vector, task_d, 0, 0x85);
  attempt_in_ring3(q->code);
  report(q->name, q->code);
}

/// LAR LSL VERR VERW of every selector, with each RPL, as seen by the ring that runs this.
u32 looked_up[4][selectors_end / 8][4];
static void look_up(u32 selector) {
  u32 lar = 0xdead, lsl = 0xdead;
  u8 r, w;
  __asm__("lar %1, %0" : "+r"(lar) : "r"(selector));
  __asm__("lsl %1, %0" : "+r"(lsl) : "r"(selector));
  __asm__("verr %w1; setz %0" : "=q"(r) : "r"(selector));
  __asm__("verw %w1; setz %0" : "=q"(w) : "r"(selector));
  u32* out = looked_up[selector & 3][selector / 8];
  out[0] = lar & 0xfff0ffff, out[1] = lsl, out[2] = r, out[3] = w;
}
static void look_everywhere(void) {
  for (u32 selector = 0; selector < selectors_end; selector += 8) look_up(selector + 0), look_up(selector + 3);
}
static void look_from_ring3(void) {
  look_everywhere();
  __asm__ volatile("int $0x40");
}

static void print_looks(const char* name) {
  for (u32 i = 0; i < selectors_end / 8; ++i) {
    print(name);
    print_number(8 * i);
    for (u32 rpl = 0; rpl < 4; rpl += 3)
      for (u32 k = 0; k < 4; ++k) print(" "), print_number(looked_up[rpl][i][k]);
    print("\n");
  }
}

static void ask_arpl(void) {
  for (u32 a = 0; a < 4; ++a) {
    for (u32 b = 0; b < 4; ++b) {
      u32 to = 0x120 | a;
      u8 zero;
      __asm__("arpl %w2, %w0; setz %1" : "+r"(to), "=q"(zero) : "r"(b));
      print("arpl "), print_number(to), print(zero ? " z\n" : " nz\n");
    }
  }
}

void ask_far_transfers(void) {
  for (u32 i = 0; i < sizeof ring0 / sizeof *ring0; ++i) {
    build_tables();
    *(u16*)idt_pointer = 256 * 8 - 1;
    __asm__ volatile("lidt (%0)" ::"r"(idt_pointer));
    attempt(ring0[i].code);
    report(ring0[i].name, ring0[i].code);
  }
  for (u32 i = 0; i < sizeof ring3 / sizeof *ring3; ++i) {
    build_tables();
    attempt_in_ring3(ring3[i].code);
    report(ring3[i].name, ring3[i].code);
  }
  for (u32 i = 0; i < sizeof inner_stacks / sizeof *inner_stacks; ++i) ask_inner_stack(&inner_stacks[i]);
  build_tables();
  look_everywhere();
  print_looks("look 0 ");
  attempt_in_ring3(look_from_ring3);
  print_looks("look 3 ");
  ask_arpl();
}
