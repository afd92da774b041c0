// SPDX-License-Identifier: MIT
// Hardware task switches: JMP, CALL, IRET and task gates, 32- and 16-bit TSSs, what is refused before the switch
// and what the new task faults with after it (SDM vol. 3, ch. 7).
#include "machine.h"

extern u8 task_stack_top[];

// Task B, entered at the top each time; what it notes: TR, link, NT, CR0.TS.
CODE(enter_task_b,
     "1: str %ax; movzwl %ax, %eax; note %eax; movl tss_b, %eax; note %eax; pushfl; popl %eax; and $0x4000, %eax;"
     "note %eax; mov %cr0, %eax; and $8, %eax; note %eax; clts; iretl; jmp 1b");
CODE(task_b_jumps_back, "str %ax; movzwl %ax, %eax; note %eax; ljmp $0x28, $0");
CODE(task_b_nested, "lcall $0x80, $0");
CODE(task_b_with_error,
     "popl %eax; note %eax; movl tss_main + 0x20, %eax; mov (%eax), %al; and $0xff, %eax; note %eax;"
     "addl $2, tss_main + 0x20; iretl");
CODE(task_b_trapped, "nop; iretl");
// A 16-bit task in a code segment of 32 bits at its own 64 KiB.
CODE(enter_task_c,
     "mov %ds, %ebx; mov $0x10, %eax; mov %eax, %ds; note %ebx; str %ax; movzwl %ax, %eax; note %eax; movzwl tss_c, "
     "%eax;"
     "note %eax; movzwl %sp, %eax; note %eax; mov %fs, %eax; note %eax; mov $0x10, %eax; mov %eax, %ss; mov "
     "$task_stack_top, %esp; iretl");

CODE(call_task, "lcall $0x80, $0; str %ax; movzwl %ax, %eax; note %eax; pushfl; popl %eax; note %eax; ret");
CODE(call_task_twice, "lcall $0x80, $0; lcall $0x80, $0; ret");
CODE(call_task_gate, "lcall $0x78, $0; ret");
CODE(jump_task, "movl $task_b_jumps_back, tss_b + 0x20; ljmp $0x80, $0; ret");
CODE(jump_task_busy_bits,
     "movl $task_b_jumps_back, tss_b + 0x20; ljmp $0x80, $0; movzbl gdt + 0x2d, %eax; note %eax;"
     "movzbl gdt + 0x85, %eax; note %eax; ret");
CODE(call_task_busy_bits,
     "lcall $0x80, $0; movzbl gdt + 0x2d, %eax; note %eax; movzbl gdt + 0x85, %eax; note %eax; ret");
CODE(saved_state,
     "mov $0x1111, %eax; mov $0x2222, %ebp; mov $0x3333, %edi; mov $0x40, %ecx; lcall $0x80, $0;"
     "note %eax; note %ebp; note %edi; movl tss_main + 0x28, %eax; note %eax; movl tss_main + 0x4c, %eax;"
     "note %eax; movl tss_b + 0x24, %eax; note %eax; ret");
CODE(jump_busy, "ljmp $0x28, $0");
CODE(jump_short, "ljmp $0x90, $0");
CODE(jump_absent_tss, "ljmp $0x98, $0");
CODE(gate_to_busy, "movw $0x28, gdt + 0x7a; lcall $0x78, $0");
CODE(gate_to_code, "movw $8, gdt + 0x7a; lcall $0x78, $0");
CODE(gate_to_ldt, "movw $0x84, gdt + 0x7a; lcall $0x78, $0");
CODE(gate_task_absent, "andb $0x7f, gdt + 0x7d; lcall $0x78, $0");
CODE(call_task_c, "lcall $0x88, $0; str %ax; movzwl %ax, %eax; note %eax; ret");
CODE(nt_no_link, "pushfl; orl $0x4000, (%esp); popfl; iretl");
CODE(nt_link_free, "movw $0x80, tss_main; pushfl; orl $0x4000, (%esp); popfl; iretl");
CODE(nt_link_code, "movw $8, tss_main; pushfl; orl $0x4000, (%esp); popfl; iretl");
CODE(int_task, "int $0x41; ret");
CODE(divide_task,
     "movw $0, idt; movw $0x80, idt + 2; movb $0x85, idt + 5; xor %ecx, %ecx; movl $1f, tss_b + 0x20;"
     "div %ecx; ret; 1: addl $2, tss_main + 0x20; iretl");
CODE(error_task,
     "movw $0x80, idt + 13 * 8 + 2; movb $0x85, idt + 13 * 8 + 5; movl $task_b_with_error, tss_b + 0x20;"
     "mov $0x1f0, %eax; mov %eax, %ds; ret");
CODE(bad_code, "movl $0x10, tss_b + 0x4c; lcall $0x80, $0");
CODE(null_code, "movl $0, tss_b + 0x4c; lcall $0x80, $0");
CODE(absent_code_segment, "movl $0x38, tss_b + 0x4c; lcall $0x80, $0");
CODE(outer_code, "movl $0x18, tss_b + 0x4c; lcall $0x80, $0");
CODE(null_stack, "movl $0, tss_b + 0x50; lcall $0x80, $0");
CODE(outer_stack, "movl $0x20, tss_b + 0x50; lcall $0x80, $0");
CODE(absent_stack, "movl $0x40, tss_b + 0x50; lcall $0x80, $0");
CODE(absent_data_segment, "movl $0x40, tss_b + 0x54; lcall $0x80, $0");
CODE(execute_only_data, "movl $0xd0, tss_b + 0x58; lcall $0x80, $0");
CODE(beyond_data, "movl $0x1f8, tss_b + 0x5c; lcall $0x80, $0");
CODE(bad_ldt, "movl $0x10, tss_b + 0x60; lcall $0x80, $0");
CODE(good_ldt, "movl $0xa0, tss_b + 0x60; movl $0x14, tss_b + 0x54; lcall $0x80, $0; sldt %eax; note %eax; ret");
CODE(ip_beyond, "movl $0xa8, tss_b + 0x4c; movl $0x12345, tss_b + 0x20; lcall $0x80, $0");
CODE(trap_bit, "movw $1, tss_b + 0x64; movl $task_b_trapped, tss_b + 0x20; lcall $0x80, $0");
CODE(trap_flag, "movl $0x102, tss_b + 0x24; movl $task_b_trapped, tss_b + 0x20; lcall $0x80, $0");
CODE(local_breakpoints,
     "mov $0x355, %eax; mov %eax, %dr7; lcall $0x80, $0; mov %dr7, %eax; note %eax; mov $0x400, %eax;"
     "mov %eax, %dr7; ret");
CODE(nested_busy, "movl $task_b_nested, tss_b + 0x20; lcall $0x80, $0");
CODE(to_ring3,
     "movl $0x1b, tss_b + 0x4c; movl $0x23, tss_b + 0x50; movl $0x23, tss_b + 0x54; movl $0x23, tss_b + 0x48; movl $0, "
     "tss_b + 0x58;"
     "movl $0, tss_b + 0x5c;"
     "movl $1f, tss_b + 0x20; movl $user_stack_top, tss_b + 0x38; lcall $0x80, $0;"
     "1: mov %cs, %eax; note %eax; str %ax; hlt");
CODE(to_8086,
     "movl $0x23202, tss_b + 0x24; orl $0x20000, tss_b + 0x24; movl $0x700, tss_b + 0x4c; movl $0, tss_b + 0x20;"
     "movl $0x600, tss_b + 0x50; movl $0xff0, tss_b + 0x38; movb $0xf4, 0x7000; lcall $0x80, $0");

// Takes a fault with an error code: what it was, whose, and where.
CODE(fault_task,
     "popl %eax; note %eax; movzwl tss_d, %eax; note %eax; movl tss_b + 0x4c, %eax; note %eax; str %ax;"
     "movzwl %ax, %eax; note %eax; int $0x40");

static const struct question from_ring0[] = {
    {"call task", call_task},
    {"call task twice", call_task_twice},
    {"call task gate", call_task_gate},
    {"jump task", jump_task},
    {"jump task busy bits", jump_task_busy_bits},
    {"call task busy bits", call_task_busy_bits},
    {"saved state", saved_state},
    {"jump busy", jump_busy},
    {"jump short tss", jump_short},
    {"jump absent tss", jump_absent_tss},
    {"gate to busy", gate_to_busy},
    {"gate to code", gate_to_code},
    {"~gate to ldt", gate_to_ldt},
    {"task gate absent", gate_task_absent},
    {"call 16-bit task", call_task_c},
    {"nt without link", nt_no_link},
    {"nt link free", nt_link_free},
    {"nt link code", nt_link_code},
    {"int task", int_task},
    {"divide task", divide_task},
    {"error task", error_task},
    {"task ring 3", to_ring3},
    {"task 8086", to_8086},
    {"task good ldt", good_ldt},
    {"~task trap bit", trap_bit},
    {"task trap flag", trap_flag},
    {"~task breakpoints", local_breakpoints},
};
// Faults of the new task, whose stack may not be there.
static const struct question broken_tasks[] = {
    {"task bad code", bad_code},
    {"task null code", null_code},
    {"task absent code", absent_code_segment},
    {"task outer code", outer_code},
    {"task null stack", null_stack},
    {"task outer stack", outer_stack},
    {"task absent stack", absent_stack},
    {"task absent data", absent_data_segment},
    {"task execute only data", execute_only_data},
    {"task beyond data", beyond_data},
    {"task bad ldt", bad_ldt},
    {"task ip beyond", ip_beyond},
    {"task nested busy", nested_busy},
};

CODE(user_call_task, "lcall $0x80, $0; int $0x40");
CODE(user_call_task_gate, "lcall $0x78, $0; mov %cs, %eax; note %eax; int $0x40");
CODE(user_jump_main, "ljmp $0x28, $0");
CODE(user_call_task_c, "lcall $0x88, $0");
CODE(user_int_task, "int $0x41; int $0x40");
CODE(user_nt, "pushfl; orl $0x4000, (%esp); popfl; iretl");

static const struct question from_ring3[] = {
    {"user call task", user_call_task}, {"user call task gate", user_call_task_gate},
    {"user jump main", user_jump_main}, {"user call task 16", user_call_task_c},
    {"user int task", user_int_task},   {"user nt", user_nt},
};

static void ask(const struct question* q, void (*how)(void (*)(void)), int faults_are_tasks) {
  build_tables();
  for (u32 vector = 10; faults_are_tasks && vector <= 13; ++vector) set_gate(idt, vector, task_d, 0, 0x85);
  set_gate(idt, 0x41, task_b, 0, 0xe5);
  how(q->code);
  report(q->name, q->code);
  u32 dr6;
  __asm__("mov %%dr6, %0" : "=r"(dr6));
  print(*q->name == '~' ? "~" : ""), print(" tr "), print_number(result.tr), print(" dr6 "), print_number(dr6),
      print("\n");
  __asm__("mov %0, %%dr6; clts" ::"r"(0));
}

void ask_tasks(void) {
  for (u32 i = 0; i < sizeof from_ring0 / sizeof *from_ring0; ++i) ask(&from_ring0[i], attempt, 0);
  for (u32 i = 0; i < sizeof broken_tasks / sizeof *broken_tasks; ++i) ask(&broken_tasks[i], attempt, 1);
  for (u32 i = 0; i < sizeof from_ring3 / sizeof *from_ring3; ++i) ask(&from_ring3[i], attempt_in_ring3, 0);
}
