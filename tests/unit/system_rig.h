// SPDX-License-Identifier: MIT
// The bare processor with the tables of a small kernel around it.
#pragma once
#include "tests/unit/cpu_rig.h"

namespace lucid::test {

constexpr u64 idt_at = 0x4000, gdt_at = 0x5000, tss_at = 0x6000, handler_at = 0x20000;

/// GDT: kernel code 8, kernel data 0x10, user data 0x1b, user code 0x23; TSS 0x28; every vector goes to
/// handler_at + 16 * vector, where there is HLT.
struct System : Rig {
  System() {
    put64(gdt_at + 8, 0x00af9b000000ffff);
    put64(gdt_at + 16, 0x00cf93000000ffff);
    put64(gdt_at + 24, 0x00cff3000000ffff);
    put64(gdt_at + 32, 0x00affb000000ffff);
    put64(tss_at + 4, 0x2f0000);            // RSP0
    put64(tss_at + 0x60, u64{0x68} << 48);  // no I/O bitmap
    put64(tss_at + 0x24, 0x2e0000);         // IST1
    for (unsigned v = 0; v < 256; ++v) {
      gate(v, handler_at + 16 * v, 0xee);
      ram.data()[handler_at + 16 * v] = 0xf4;
    }
    state = flat64(0);
    tables(state);
  }
  static void tables(cpu::State& s) {
    s.gdtr = {gdt_at, 0x37};
    s.idtr = {idt_at, 0xfff};
    s.tr = {0x28, 0x8b, 0x67, tss_at};
    s.segment[cpu::cs].selector = 0x08;
    s.segment[cpu::ss].selector = 0x10;
  }
  void user() {
    state = flat64(3);
    tables(state);
    state.segment[cpu::cs].selector = 0x23;
    state.segment[cpu::ss].selector = 0x1b;
  }
  void gate(unsigned vector, u64 offset, u8 type, u8 ist = 0) {
    put64(idt_at + 16 * vector,
          (offset & 0xffff) | 8 << 16 | u64{ist} << 32 | u64{type} << 40 | (offset >> 16 & 0xffff) << 48);
    put64(idt_at + 16 * vector + 8, offset >> 32);
  }
  u64 vector_reached() const { return (state.rip - handler_at) / 16; }
  u64 pushed(unsigned i) const { return get64(state.gpr[cpu::rsp] + 8 * i); }
  bool logged(trace::Kind kind) const { return log.count_of(kind) != 0; }
};

}  // namespace lucid::test
