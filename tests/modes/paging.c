// SPDX-License-Identifier: MIT
// Two-level and PAE paging: page faults by privilege, large pages, PDPTEs, CR4 (SDM vol. 3, ch. 4).
#include "machine.h"

static u32 directory[1024] __attribute__((aligned(4096))), table[1024] __attribute__((aligned(4096)));
static u64 pointers[4] __attribute__((aligned(32))), pae_directory[512] __attribute__((aligned(4096))),
    pae_table[512] __attribute__((aligned(4096)));

enum { window = 0x800000 };  // its pages are the questions'

static u32 read_cr4(void) {
  u32 value;
  __asm__("mov %%cr4, %0" : "=r"(value));
  return value;
}
static void write_cr4(u32 value) { __asm__ volatile("mov %0, %%cr4" ::"r"(value)); }
static void set_paging(u32 cr3, int on, u32 wp) {
  u32 cr0;
  __asm__("mov %%cr0, %0" : "=r"(cr0));
  cr0 = on ? cr0 | 0x80000000 : cr0 & 0x7fffffff;
  cr0 = wp ? cr0 | 0x10000 : cr0 & ~0x10000u;
  __asm__ volatile("mov %0, %%cr3; mov %1, %%cr0" ::"r"(cr3), "r"(cr0) : "memory");
}

CODE(read_window, "mov 0x800000, %eax; ret");
CODE(write_window, "mov %eax, 0x800004; ret");
CODE(run_window, "mov $0x800000, %eax; call *%eax; ret");
CODE(user_read_window, "mov 0x800000, %eax; int $0x40");
CODE(user_write_window, "mov %eax, 0x800004; int $0x40");
CODE(user_run_window, "mov $0x800000, %eax; call *%eax; int $0x40");
CODE(write_last_byte, "movl $0, 0x800ffd; ret");

static const struct question accesses[] = {{"read", read_window}, {"write", write_window}, {"run", run_window}};
static const struct question user_accesses[] = {
    {"user read", user_read_window}, {"user write", user_write_window}, {"user run", user_run_window}};

static const char* entry_prefix = "";  // ~ for those that QEMU's interpreter reports otherwise

static void print_fault(const char* name, u32 entry) {
  u32 cr2;
  __asm__("mov %%cr2, %0" : "=r"(cr2));
  print(entry_prefix), print(name), print(" entry "), print_number(entry);
  if (result.vector == 14)
    print(" fault "), print_number(result.error), print(" at "), print_number(cr2);
  else
    print(result.vector < 0 || result.vector == 0x40 ? " done" : " another");
  print("\n");
}

/// Every access to the window with an entry of these bits.
static void try_entry(volatile u32* entry, u32 bits) {
  for (u32 i = 0; i < 6; ++i) {
    const struct question* q = i < 3 ? &accesses[i] : &user_accesses[i - 3];
    build_tables();
    *entry = bits;
    __asm__ volatile("mov %%cr3, %%eax; mov %%eax, %%cr3" ::: "eax", "memory");
    (i < 3 ? attempt : attempt_in_ring3)(q->code);
    print_fault(q->name, *entry);
  }
}

void set_identity_paging(int on) {
  for (u32 i = 0; i < 1024; ++i) directory[i] = i << 22 | 0x87;
  if (on) write_cr4(read_cr4() | 0x10);
  set_paging((u32)directory, on, 0);
}

static void ask_two_level(void) {
  write_cr4(read_cr4() | 0x10);
  for (u32 i = 0; i < 1024; ++i) directory[i] = i << 22 | 0x87, table[i] = (window + (i << 12)) | 7;
  directory[2] = (u32)table | 7;
  for (u32 wp = 0; wp < 2; ++wp) {
    set_paging((u32)directory, 1, wp);
    print("two-level wp "), print_number(wp), print("\n");
    for (u32 bits = 0; bits < 8; ++bits) try_entry(&table[0], 0x900000 | bits);
  }
  table[0] = 0x900007, table[1] = 0;
  attempt(write_last_byte);
  print_fault("across", table[0]);
  print("4 MiB\n");
  try_entry(&directory[2], 0x800085);
  entry_prefix = "~";
  try_entry(&directory[2], 0x800087 | 1 << 21);
  entry_prefix = "";
  set_paging((u32)directory, 0, 0);
  write_cr4(read_cr4() & ~0x10u);
}

CODE(reload_cr3, "mov %cr3, %eax; mov %eax, %cr3; ret");
CODE(toggle_pge, "mov %cr4, %eax; xor $0x80, %eax; mov %eax, %cr4; xor $0x80, %eax; mov %eax, %cr4; ret");
CODE(efer_lme, "mov $0xc0000080, %ecx; rdmsr; or $0x100, %eax; wrmsr; ret");

static void ask_pdptes(void) {
  static const u32 bits[] = {1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 11};
  for (u32 i = 0; i < sizeof bits / sizeof *bits; ++i) {
    pointers[3] = 0x1000 | 1 | bits[i];
    build_tables();
    attempt(reload_cr3);
    report("~pdpte bit", reload_cr3);
  }
  pointers[3] = 0xfe;  // not present: nothing is reserved
  attempt(reload_cr3);
  report("~pdpte absent", reload_cr3);
  pointers[3] = 3;
  attempt(toggle_pge);
  report("~pdpte and cr4", toggle_pge);
  pointers[3] = 0;
  pointers[2] = 0;
  attempt(read_window);
  report("~pdpte registers", read_window);
}

static void ask_pae(void) {
  write_cr4(read_cr4() | 0x20);
  for (u32 i = 0; i < 512; ++i) pae_directory[i] = i << 21 | 0x87, pae_table[i] = (window + (i << 12)) | 7;
  pae_directory[4] = (u32)pae_table | 7;
  for (u32 i = 0; i < 4; ++i) pointers[i] = (u32)pae_directory | 1;
  set_paging((u32)pointers, 1, 1);
  print("pae\n");
  for (u32 bits = 0; bits < 8; ++bits) try_entry((u32*)&pae_table[0], 0x900000 | bits);
  __asm__ volatile("rdmsr; or $0x800, %%eax; wrmsr" ::"c"(0xc0000080) : "eax", "edx");
  for (u32 nx = 0; nx < 2; ++nx) {
    ((u32*)&pae_table[0])[1] = nx << 31;
    try_entry((u32*)&pae_table[0], 0x900007);
  }
  ((u32*)&pae_table[0])[1] = 0x20000;  // an address no processor has
  entry_prefix = "~";
  try_entry((u32*)&pae_table[0], 0x900007);
  entry_prefix = "";
  ((u32*)&pae_table[0])[1] = 0;
  pae_table[0] = 0x900007;
  ask_pdptes();
  build_tables();
  attempt(efer_lme);
  report("~efer lme", efer_lme);
  set_paging((u32)pointers, 0, 0);
  write_cr4(read_cr4() & ~0x20u);
}

void ask_paging(void) {
  *(volatile u8*)0x900000 = 0xc3;  // RET, to be run
  ask_two_level();
  ask_pae();
}
