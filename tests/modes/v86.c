// SPDX-License-Identifier: MIT
// Virtual-8086 mode: entered by IRET, left through gates; what IOPL decides (SDM vol. 3, ch. 20).
#include "machine.h"

// 16-bit code, moved to 0x7000 and entered with CS:IP = 700:0, SS:SP = 600:ff0, DS ES FS GS = 55 66 44 33.
#define CODE16(name, text)                                       \
  CODE(name, ".code16\n" text                                    \
             "\n"                                                \
             ".globl " #name "_end\n" #name "_end:\n.code32\n"); \
  extern u8 name##_end[]

CODE16(v_hlt, "hlt");
CODE16(v_cli, "cli; hlt");
CODE16(v_sti, "sti; cli; hlt");
CODE16(v_pushf, "pushf; popw %ax; int $0x41");
CODE16(v_popf, "pushw $0x7ed7; popf; nop; hlt");
CODE16(v_popfd, "pushl $0x247ed7; popfl; nop; hlt");
CODE16(v_int, "int $0x41");
CODE16(v_int_task, "int $0x42");
CODE16(v_int_inner, "int $0x0d");
CODE16(v_int3, "int3");
CODE16(v_into, "mov $0x7f, %al; add $1, %al; into");
CODE16(v_iret, "pushw $2; pushw $0x700; pushw $9; iret; hlt; nop; hlt");
CODE16(v_iretd, "pushl $0x23202; pushl $0x700; pushl $0x15; iretl; hlt; nop; hlt; hlt; hlt");
CODE16(v_in, "in $0x80, %al; hlt");
CODE16(v_in_refused, "in $0x81, %al; hlt");
CODE16(v_lldt, "lldt %ax");
CODE16(v_sldt, "sldt %ax");
CODE16(v_str, "str %ax");
CODE16(v_lar, "lar %ax, %ax");
CODE16(v_verr, "verr %ax");
CODE16(v_arpl, "arpl %ax, %ax");
CODE16(v_lgdt, "lgdt 0");
CODE16(v_lmsw, "lmsw %ax");
CODE16(v_smsw, "smsw %ax; hlt");
CODE16(v_sgdt, "sgdt 0x100; hlt");
CODE16(v_cr0, "mov %cr0, %eax");
CODE16(v_clts, "clts");
CODE16(v_rdmsr, "rdmsr");
CODE16(v_sysenter, "sysenter");
CODE16(v_far, "ljmp $0x6ff, $1f - v_far + 0x10; 1: nop; hlt");
CODE16(v_call, "lcall $0x6ff, $1f - v_call + 0x10; 1: popw %ax; popw %bx; hlt");
CODE16(v_retf, "pushw $0x700; pushw $1f - v_retf; lret; 1: hlt");
CODE16(v_segments, "mov $0x1234, %ax; mov %ax, %ds; mov %ax, %fs; hlt");
CODE16(v_limit, "mov $0xffff, %bx; movw (%bx), %ax");
CODE16(v_stack_limit, "mov $1, %sp; pushw %ax; nop; hlt");
CODE16(v_div, "xor %cx, %cx; div %cx");
CODE16(v_ud, "ud2");
CODE16(v_lock, ".byte 0xf0; nop");
CODE16(v_trap, "pushw $0x3102; popf; nop; nop; hlt");
CODE16(v_address32, "mov $0x10000, %ebx; movb (%ebx), %al");

#define Q(name) \
  { #name, name, name##_end }
static const struct {
  const char* name;
  void (*code)(void);
  const u8* end;
} questions[] = {
    Q(v_hlt),       Q(v_cli),  Q(v_sti),  Q(v_pushf), Q(v_popf),     Q(v_popfd), Q(v_int),        Q(v_int_task),
    Q(v_int_inner), Q(v_int3), Q(v_into), Q(v_iret),  Q(v_iretd),    Q(v_in),    Q(v_in_refused), Q(v_lldt),
    Q(v_sldt),      Q(v_str),  Q(v_lar),  Q(v_verr),  Q(v_arpl),     Q(v_lgdt),  Q(v_lmsw),       Q(v_smsw),
    Q(v_sgdt),      Q(v_cr0),  Q(v_clts), Q(v_rdmsr), Q(v_sysenter), Q(v_far),   Q(v_call),       Q(v_retf),
    Q(v_segments),  Q(v_div),  Q(v_ud),   Q(v_lock),  Q(v_trap),
};
static const struct {
  const char* name;
  void (*code)(void);
  const u8* end;
} limit_questions[] = {{"~v_limit", v_limit, v_limit_end},
                       {"~v_stack_limit", v_stack_limit, v_stack_limit_end},
                       {"~v_address32", v_address32, v_address32_end}};

// In the task that INT 0x42 switches to.
CODE(task_of_8086,
     "str %ax; movzwl %ax, %eax; note %eax; movl tss_main + 0x24, %eax; note %eax; movl tss_main + 0x4c, %eax;"
     "note %eax; movl tss_main + 0x54, %eax; note %eax; int $0x40");

static void ask(const char* name, void (*code)(void), const u8* end, u32 iopl) {
  build_tables();
  set_gate(idt, 0x42, task_b, 0, 0xe5);
  tss_b.eip = (u32)task_of_8086;
  attempt_in_8086((const u8*)code, end, iopl);
  report(name, 0);
  print(*name == '~' ? "~" : "");
  for (u32 i = 2; i < 9; ++i) print(" "), print_number(result.frame[i]);
  print("\n");
}

void ask_virtual_8086(void) {
  for (u32 iopl = 0; iopl < 4; iopl += 3)
    for (u32 i = 0; i < sizeof questions / sizeof *questions; ++i)
      ask(questions[i].name, questions[i].code, questions[i].end, iopl);
  for (u32 i = 0; i < 3; ++i) ask(limit_questions[i].name, limit_questions[i].code, limit_questions[i].end, 0);
  // A gate whose code is not ring 0.
  build_tables();
  set_gate(idt, 0x41, conforming, (u32)task_of_8086, 0xee);
  attempt_in_8086((const u8*)v_int, v_int_end, 3);
  report("gate to conforming from 8086", 0);
}
