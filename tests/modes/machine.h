// SPDX-License-Identifier: MIT
// The tables and the harness that the questions of this program share. Everything is identity-mapped; before each
// question all tables are as build_tables() makes them, the task register included.
#ifndef MODES_MACHINE_H
#define MODES_MACHINE_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

// Selectors of the GDT.
enum {
  code0 = 0x08,
  data0 = 0x10,
  code3 = 0x1b,
  data3 = 0x23,
  main_tss = 0x28,
  conforming = 0x30,
  absent_code = 0x38,
  absent_data = 0x40,
  gate32 = 0x48,  // to ring 0, three parameters, DPL 3
  gate16 = 0x50,  // the same of 16 bits, two parameters
  gate_dpl0 = 0x58,
  gate_conforming = 0x60,
  gate_absent = 0x68,
  gate_to_data = 0x70,
  task_gate = 0x78,  // to task_b, DPL 3
  task_b = 0x80,
  task_c = 0x88,  // a 16-bit TSS
  short_tss = 0x90,
  absent_tss = 0x98,
  ldt = 0xa0,
  code16 = 0xa8,
  data16 = 0xb0,
  code64 = 0xb8,
  expand_down = 0xc0,  // above 0x1fff
  read_only = 0xc8,
  execute_only = 0xd0,
  gate64 = 0xd8,  // and 0xe0
  code64_ring3 = 0xe8 | 3,
  small_stack = 0xf0,  // 64 bytes
  gate_null = 0xf8,
  tss64 = 0x100,   // and 0x108
  task_d = 0x110,  // takes the faults of others
  selectors_end = 0x118,
};

struct tss {
  u32 link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags, gpr[8], selector[6], ldt;
  u16 trap, bitmap_at;
  u8 bitmap[32], end;
};

/// What a question left behind.
struct result {
  int vector;  // -1 = the code came back
  u32 error, eip, cs, eflags, tr;
  u32 frame[9];  // of the exception, from EIP on, without RF
};

extern u64 gdt[selectors_end / 8];
extern u64 idt[256], idt64[512];
extern struct tss tss_main, tss_b, tss_d;
extern u16 tss_c[64];
extern struct result result;
extern u32 seen[8], seen_count;  // what the code noted on its way

extern u32 frame_words;  // how many of them are to be read
extern u8 idt_pointer[], vector_stubs[], vector_stubs64[];

void build_tables(void);
void set_descriptor(u32 selector, u32 base, u32 limit, u32 attributes);
void set_gate(u64* table, u32 index, u32 selector, u32 offset, u32 attributes);

/// Runs code until it returns or something is raised; in ring 3 it ends with INT 0x40.
void attempt(void (*code)(void));
void attempt_in_ring3(void (*code)(void));
/// Code between two labels, in virtual-8086 mode at 0x7000:0, with IOPL 0 or 3; it ends by what it raises.
void attempt_in_8086(const u8* first, const u8* last, u32 iopl);
/// In long mode, with four or five levels; 32-bit mode without paging is back afterwards.
void attempt_in_long_mode(void (*code)(void), int five_levels);

void print(const char* text);
void print_number(u32 value);
int is_skipped(const char* name);
/// One line: what happened and what was seen. What begins with ~ QEMU's interpreter answers otherwise, and ~~ it does
/// not survive.
void report(const char* name, void (*code)(void));

void set_identity_paging(int on);

void ask_far_transfers(void);
void ask_tasks(void);
void ask_virtual_8086(void);
void ask_paging(void);
void ask_long_mode(void);
void ask_real_mode(void);

/// A function written in assembler; `note %reg` in it records a 32-bit register.
#define CODE(name, text) \
  void name(void);       \
  __asm__(".text\n.globl " #name "\n" #name ":\n" text "\n")
__asm__(
    ".ifndef modes_macros\n"
    ".set modes_macros, 1\n"
    ".macro note what\n pushl %edi\n mov seen_count, %edi\n mov \\what, seen(,%edi,4)\n incl seen_count\n popl %edi\n "
    ".endm\n"
    ".macro note64 what\n push %rdi\n mov seen_count, %edi\n mov \\what, seen(,%rdi,4)\n incl seen_count\n pop %rdi\n "
    ".endm\n"
    ".endif\n");

struct question {
  const char* name;
  void (*code)(void);
};

#endif
