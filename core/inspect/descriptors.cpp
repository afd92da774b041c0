// SPDX-License-Identifier: MIT
#include "core/inspect/descriptors.h"

#include <algorithm>

namespace lucid::inspect {
namespace {

constexpr unsigned most_descriptors = 64, gates = 256;

constexpr u64 bits(u64 value, unsigned from, unsigned count) { return value >> from & ((u64{1} << count) - 1); }

/// Table 3-2 of SDM vol. 3, as in IA-32e mode.
const char* system_kind(u64 type) {
  switch (type) {
    case 2:
      return "LDT";
    case 9:
      return "TSS";
    case 11:
      return "TSS, busy";
    case 12:
      return "call gate";
    case 14:
      return "interrupt gate";
    case 15:
      return "trap gate";
    default:
      return "reserved";
  }
}

std::string segment_kind(u64 low) {
  const u64 type = bits(low, 40, 4);
  if (!(type & 8)) return type & 2 ? "data" : "read-only data";
  const bool long_mode = bits(low, 53, 1), wide = bits(low, 54, 1);
  return std::string(long_mode ? "64-bit" : wide ? "32-bit" : "16-bit") + (type & 4 ? " conforming code" : " code");
}

DescriptorView decode(u16 selector, u64 low, u64 high) {
  DescriptorView d;
  d.selector = selector;
  d.low = low;
  const bool system = !bits(low, 44, 1);
  d.present = bits(low, 47, 1);
  d.wide = system && low != 0;
  d.high = d.wide ? high : 0;
  d.kind = low == 0 ? "null" : system ? system_kind(bits(low, 40, 4)) : segment_kind(low);
  d.base = bits(low, 16, 24) | bits(low, 56, 8) << 24 | (d.wide ? bits(high, 0, 32) << 32 : 0);
  const u64 limit = bits(low, 0, 16) | bits(low, 48, 4) << 16;
  d.limit = bits(low, 55, 1) ? limit << 12 | 0xfff : limit;
  d.dpl = static_cast<u8>(bits(low, 45, 2));
  return d;
}

GateView decode_gate(unsigned vector, u64 low, u64 high) {
  GateView g;
  g.vector = static_cast<u8>(vector);
  g.low = low;
  g.high = high;
  g.present = bits(low, 47, 1);
  g.kind = g.present ? system_kind(bits(low, 40, 4)) : "";
  g.selector = static_cast<u16>(bits(low, 16, 16));
  g.handler = Gva{bits(low, 0, 16) | bits(low, 48, 16) << 16 | bits(high, 0, 32) << 32};
  g.dpl = static_cast<u8>(bits(low, 45, 2));
  g.stack = static_cast<u8>(bits(low, 32, 3));
  return g;
}

TssView read_tss(const GuestMemory& memory, Gva base) {
  TssView t;
  t.base = base;
  t.valid = true;
  for (unsigned i = 0; i < 3; ++i) t.valid = t.valid && memory.get(base + (4 + 8 * i), t.rsp[i]);
  for (unsigned i = 0; i < 7; ++i) t.valid = t.valid && memory.get(base + (36 + 8 * i), t.ist[i]);
  t.valid = t.valid && memory.get(base + 102, t.io_map);
  return t;
}

}  // namespace

SystemTablesView system_tables(const Guest& guest) {
  SystemTablesView view;
  const GuestMemory memory(guest.ram, guest.paging());
  const cpu::State& cpu = guest.cpu;
  const unsigned descriptors = std::min((cpu.gdtr.limit + 1u) / 8, most_descriptors);
  for (unsigned i = 0; i < descriptors; ++i) {
    u64 low = 0, high = 0;
    if (!memory.get(Gva{cpu.gdtr.base + 8 * i}, low)) break;
    if (!memory.get(Gva{cpu.gdtr.base + 8 * i + 8}, high)) high = 0;
    view.gdt.push_back(decode(static_cast<u16>(8 * i), low, high));
    if (view.gdt.back().wide) ++i;
  }
  if (!(cpu.efer >> 10 & 1)) {
    view.why_not = "The processor is not in long mode yet: gates and the TSS have other forms there.";
    return view;
  }
  for (unsigned vector = 0; vector < gates && 16 * vector + 15 <= cpu.idtr.limit; ++vector) {
    u64 low = 0, high = 0;
    if (!memory.get(Gva{cpu.idtr.base + 16 * vector}, low) || !memory.get(Gva{cpu.idtr.base + 16 * vector + 8}, high))
      break;
    view.idt.push_back(decode_gate(vector, low, high));
  }
  if (cpu.tr.selector != 0) view.tss = read_tss(memory, Gva{cpu.tr.base});
  return view;
}

const char* vector_name(unsigned vector) {
  static constexpr const char* names[32] = {"#DE divide error",
                                            "#DB debug",
                                            "NMI",
                                            "#BP breakpoint",
                                            "#OF overflow",
                                            "#BR bound range",
                                            "#UD undefined opcode",
                                            "#NM no coprocessor",
                                            "#DF double fault",
                                            "coprocessor overrun",
                                            "#TS invalid TSS",
                                            "#NP segment not present",
                                            "#SS stack fault",
                                            "#GP general protection",
                                            "#PF page fault",
                                            "",
                                            "#MF x87 fault",
                                            "#AC alignment check",
                                            "#MC machine check",
                                            "#XM SIMD fault",
                                            "#VE virtualization",
                                            "#CP control protection"};
  return vector < 32 && names[vector] ? names[vector] : "";
}

}  // namespace lucid::inspect
