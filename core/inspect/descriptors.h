// SPDX-License-Identifier: MIT
// The tables the processor itself reads: GDT (segments), IDT (gates), TSS (stacks), decoded from
// guest memory where GDTR, IDTR and TR point. Formats: SDM vol. 3, 3.4.5, 3.5, 6.11, 6.14, 7.7.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "core/inspect/guest.h"

namespace lucid::inspect {

struct DescriptorView {
  u16 selector = 0;       // index * 8
  u64 low = 0, high = 0;  // as in memory; high only of 16-byte ones
  bool wide = false;
  std::string kind;         // "64-bit code", "data", "TSS, busy" ...
  u64 base = 0, limit = 0;  // bytes, granularity applied
  u8 dpl = 0;
  bool present = false;
};

struct GateView {
  u8 vector = 0;
  u64 low = 0, high = 0;  // as in memory
  std::string kind;       // "interrupt gate", "trap gate" ...
  u16 selector = 0;
  Gva handler;
  u8 dpl = 0, stack = 0;  // IST, 0 = the TSS' RSP or the present stack
  bool present = false;
};

struct TssView {
  bool valid = false;
  Gva base;
  std::array<u64, 3> rsp{};
  std::array<u64, 7> ist{};
  u16 io_map = 0;  // offset of the I/O permission bitmap
};

struct SystemTablesView {
  std::string why_not;  // outside long mode: what can be shown is, the rest is explained
  std::vector<DescriptorView> gdt;
  std::vector<GateView> idt;
  TssView tss;
};

/// At most 64 descriptors and 256 gates. Gates and TSS in their 64-bit forms.
SystemTablesView system_tables(const Guest& guest);

/// "#PF page fault", "IRQ" ... for vectors below 32; "" above.
const char* vector_name(unsigned vector);

}  // namespace lucid::inspect
