// SPDX-License-Identifier: MIT
// Asks a processor questions about its modes, and prints the answers on COM1: far transfers, tasks, virtual-8086 mode,
// paging, long mode, real mode. Runs from the PVH entry on lucid86 and on QEMU. expected.txt has the answers; those that
// QEMU's interpreter gives otherwise (segment limits, PDPTE registers, ...) were taken from the SDM, and begin with ~.
#include "machine.h"

u64 gdt[selectors_end / 8], idt[256], idt64[512];
struct tss tss_main, tss_b, tss_d;
u16 tss_c[64];
struct result result;
u32 seen[8], seen_count;

extern u8 user_stack_top[], inner_stack_top[], task_stack_top[];
u64 tss64_image[14];
u64 pml5[512] __attribute__((aligned(4096))), pml4[512] __attribute__((aligned(4096)));
static u64 pdpt[512] __attribute__((aligned(4096))), pd[512] __attribute__((aligned(4096)));

void to_inner(void);  // far.c
void to_inner16(void);
void to_conforming(void);
void to_inner64(void);    // long.c
void enter_task_b(void);  // tasks.c
void enter_task_c(void);
void fault_task(void);

enum { program_start = 0x100000, program_end = 0x200000 };

// --- output ---

static void out(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "d"(port)); }

static void put(char c) { out(0x3f8, (u8)c); }
void print(const char* text) {
  while (*text) put(*text++);
}
void print_number(u32 value) {
  char digits[9];
  int i = 8;
  digits[8] = 0;
  do digits[--i] = "0123456789abcdef"[value & 15], value >>= 4;
  while (value);
  print(digits + i);
}

/// QEMU's interpreter says who it is in CPUID's leaves for hypervisors.
int is_skipped(const char* name) {
  u32 a = 0x40000000, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  const int is_interpreter = b == 0x54474354;  // "TCGT"
  return is_interpreter && name[0] == '~' && name[1] == '~';
}

/// Places of this program depend on who compiled it: only offsets from the question's code are told.
static void print_place(u32 eip, void (*code)(void)) {
  if (eip >= program_start && eip - (u32)code > 0x200)
    print("elsewhere");
  else
    print_number(eip >= program_start ? eip - (u32)code : eip);
}
static void print_seen(u32 value) {
  print(" ");
  if (value >= program_start && value < program_end)
    print("address");
  else
    print_number(value);
}

static void print_result(void (*code)(void)) {
  if (result.vector < 0 || result.vector == 0x40) {
    print("done");
  } else {
    print("vector ");
    print_number((u32)result.vector);
    print(" error ");
    print_number(result.error);
    print(" at ");
    print_place(result.eip, code);
    print(" cs ");
    print_number(result.cs);
  }
  if (seen_count != 0) print(";");
  for (u32 i = 0; i < seen_count; ++i) print_seen(seen[i]);
  print("\n");
}

void report(const char* name, void (*code)(void)) {
  print(name);
  print(": ");
  print_result(code);
}

// --- tables ---

/// `attributes`: the access byte, and the flags (G D L AVL) in bits 12..15.
void set_descriptor(u32 selector, u32 base, u32 limit, u32 attributes) {
  gdt[selector / 8] = (limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)(attributes & 0xff) << 40 |
                      (u64)(limit >> 16 & 15) << 48 | (u64)(attributes >> 12) << 52 | (u64)(base >> 24) << 56;
}
void set_gate(u64* table, u32 index, u32 selector, u32 offset, u32 attributes) {
  table[index] = (offset & 0xffff) | selector << 16 | (u64)attributes << 40 | (u64)(offset >> 16) << 48;
}
static void set_call_gate(u32 at, u32 selector, void (*code)(void), u32 attributes, u32 parameters) {
  set_gate(gdt, at / 8, selector, (u32)code, attributes);
  gdt[at / 8] |= (u64)parameters << 32;
}

static void build_segments(void) {
  const u32 flat = 0xfffff;
  set_descriptor(code0, 0, flat, 0xc09b);
  set_descriptor(data0, 0, flat, 0xc093);
  set_descriptor(code3, 0, flat, 0xc0fb);
  set_descriptor(data3, 0, flat, 0xc0f3);
  set_descriptor(conforming, 0, flat, 0xc09f);
  set_descriptor(absent_code, 0, flat, 0xc01b);
  set_descriptor(absent_data, 0, flat, 0xc013);
  set_descriptor(code16, (u32)vector_stubs & 0xffff0000, 0xffff, 0x409b);
  set_descriptor(data16, 0, 0xffff, 0x0093);
  set_descriptor(code64, 0, flat, 0xa09b);
  set_descriptor(code64_ring3, 0, flat, 0xa0fb);
  set_descriptor(expand_down, 0, 1, 0xc097);
  set_descriptor(read_only, 0, flat, 0xc091);
  set_descriptor(execute_only, 0, flat, 0xc099);
  set_descriptor(small_stack, (u32)inner_stack_top - 64, 63, 0x4093);
  set_descriptor(ldt, (u32)gdt, 0x2f, 0x0082);
}

static void build_call_gates(void) {
  set_call_gate(gate32, code0, to_inner, 0xec, 3);
  set_call_gate(gate16, code16, to_inner16, 0xe4, 2);
  gdt[gate16 / 8] &= 0x0000ffffffffffff;  // code16 is the 64 KiB that this program lies in
  set_call_gate(gate_dpl0, code0, to_inner, 0x8c, 0);
  set_call_gate(gate_conforming, conforming, to_conforming, 0xec, 0);
  set_call_gate(gate_absent, code0, to_inner, 0x6c, 0);
  set_call_gate(gate_to_data, data0, to_inner, 0xec, 0);
  set_call_gate(gate64, code64, to_inner64, 0xec, 0);
  gdt[gate64 / 8 + 1] = 0;
  set_call_gate(gate_null, 0, to_inner, 0xec, 0);
}

static void fill_words(void* at, u32 count) {
  for (u32 i = 0; i < count; ++i) ((u32*)at)[i] = 0;
}

static void build_task(struct tss* tss, void (*code)(void), void* stack) {
  fill_words(tss, sizeof *tss / 4);
  tss->ss0 = data0;
  tss->esp0 = (u32)inner_stack_top;
  tss->eip = (u32)code;
  tss->eflags = 2;
  tss->gpr[4] = (u32)stack;
  for (u32 i = 0; i < 6; ++i) tss->selector[i] = data0;
  tss->selector[1] = code0;
  tss->bitmap_at = 0x68;
  for (u32 i = 0; i < 32; ++i) tss->bitmap[i] = 0xff;
  tss->bitmap[16] = 0xfe;  // port 0x80 is allowed
  tss->end = 0xff;
  __asm__("mov %%cr3, %0" : "=r"(tss->cr3));
}

static void build_narrow_task(void) {
  fill_words(tss_c, sizeof tss_c / 4);
  tss_c[7] = (u16)(u32)enter_task_c;  // in a code segment of its own
  tss_c[8] = 2;
  tss_c[13] = 0xff0;
  for (u32 i = 17; i < 21; ++i) tss_c[i] = data16;
  tss_c[18] = code16;
}

static void build_tasks(void) {
  build_task(&tss_main, 0, 0);
  build_task(&tss_b, enter_task_b, task_stack_top);
  build_task(&tss_d, fault_task, task_stack_top - 2048);
  build_narrow_task();
  set_descriptor(main_tss, (u32)&tss_main, sizeof tss_main - 1, 0x89);
  set_descriptor(task_b, (u32)&tss_b, sizeof tss_b - 1, 0xe9);
  set_descriptor(task_d, (u32)&tss_d, sizeof tss_d - 1, 0x89);
  set_descriptor(task_c, (u32)tss_c, sizeof tss_c - 1, 0x81);
  set_descriptor(short_tss, (u32)&tss_b, 0x66, 0x89);
  set_descriptor(absent_tss, (u32)&tss_b, 0x67, 0x09);
  set_gate(gdt, task_gate / 8, task_b, 0, 0xe5);
  set_descriptor(tss64, (u32)tss64_image, 0x67, 0x89);
  gdt[tss64 / 8 + 1] = 0;
  tss64_image[0] = (u64)(u32)inner_stack_top << 32, tss64_image[1] = 0;
  *(u32*)((u8*)tss64_image + 0x2c) = (u32)inner_stack_top;  // IST2
}

static void build_vectors(void) {
  for (u32 v = 0; v < 0x48; ++v) {
    const u32 attributes = v >= 0x40 || v == 3 || v == 4 ? 0xee : 0x8e;
    set_gate(idt, v, code0, (u32)vector_stubs + 16 * v, attributes);
    set_gate(idt64, 2 * v, code64, (u32)vector_stubs64 + 16 * v, attributes);
    idt64[2 * v + 1] = 0;
    if (v == 8 || v == 12) idt64[2 * v] |= (u64)2 << 32;  // a stack that is there
  }
}

void build_tables(void) {
  const struct {
    u16 limit;
    u32 base;
  } __attribute__((packed)) gdt_pointer = {sizeof gdt - 1, (u32)gdt};
  seen_count = 0;
  build_segments();
  build_call_gates();
  build_tasks();
  build_vectors();
  __asm__ volatile("lgdt %0; lidt (%1); ltr %w2; lldt %w3" ::"m"(gdt_pointer), "r"(idt_pointer), "r"(main_tss), "r"(0)
                   : "memory");
}

static void build_long_tables(void) {
  pml5[0] = (u32)pml4 | 7;
  pml4[0] = (u32)pdpt | 7;
  pdpt[0] = (u32)pd | 7;
  for (u32 i = 0; i < 16; ++i) pd[i] = i << 21 | 0x87;
}

void main(void) {
  out(0x3fb, 3), out(0x3f9, 0), out(0x3fa, 0), out(0x3fc, 3);
  out(0x21, 0xff), out(0xa1, 0xff);
  build_long_tables();
  build_tables();
  __asm__ volatile("ljmp $8, $1f; 1: mov %0, %%ds; mov %0, %%es; mov %0, %%ss" ::"r"(data0));
  set_identity_paging(1);
  ask_far_transfers();
  ask_tasks();
  ask_virtual_8086();
  set_identity_paging(0);
  ask_paging();
  ask_long_mode();
  ask_real_mode();
  print("end\n");
  out(0xf4, 0);
}
