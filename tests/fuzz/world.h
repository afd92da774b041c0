// SPDX-License-Identifier: MIT
// The machine a case starts from: memory, tables and registers of one kind, all from one seed.
//
// Physical memory, the same in every kind (addresses are also linear addresses while paging is off
// or tables map one to one):
//   0x00000  real mode's vectors, then 0x01000 … 0x0f000: frames for page tables
//   0x10000  GDT, 0x11000 IDT, 0x12000 TSS, 0x13000 LDT
//   0x14000  handlers of exceptions and interrupts: they go on at a place taken from the time stamp
//   0x20000  code, 64 KiB; 0x30000 data and stacks, 64 KiB; beyond: zero
#pragma once
#include "core/machine/machine.h"
#include "tests/cosim/random.h"

namespace lucid::fuzz {

using cosim::Random;

constexpr u64 memory_bytes = 1 << 20;
constexpr u64 tables_at = 0x1000, table_frames = 15, gdt_at = 0x10000, idt_at = 0x11000, tss_at = 0x12000,
              ldt_at = 0x13000, handlers_at = 0x14000, code_at = 0x20000, data_at = 0x30000, region_bytes = 0x10000;

enum class Kind : u8 {
  user64,       // ring 3 under a kernel whose handlers go on elsewhere
  kernel64,     // ring 0
  compat32,     // 32- and 16-bit code under a 64-bit kernel
  protected32,  // without paging, with two-level or PAE paging; rings 0 and 3
  real16,       // real mode, virtual-8086 mode, 16-bit protected mode
  tables,       // ring 0 and 3 with random page tables
  chaos,        // random page tables, descriptor tables, mode bits and handlers
  count
};
constexpr unsigned kind_count = static_cast<unsigned>(Kind::count);
const char* name_of(Kind kind);

/// Programs the board's interrupt controller and timer: an interrupt every few hundred instructions,
/// which needs no acknowledgement. Leaves the processor halted.
void start_timer(machine::Machine& machine);

/// Puts a case of this kind into a machine that is as after its construction or start_timer().
void build_world(Random& random, Kind kind, machine::Machine& machine);

// What is likely to mean something in the world.
u32 random_place(Random& random);       // memory of any use
u32 random_code_place(Random& random);  // code
u32 random_table(Random& random);       // a frame of page tables
u16 random_selector(Random& random);

}  // namespace lucid::fuzz
