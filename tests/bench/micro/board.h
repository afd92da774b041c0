// SPDX-License-Identifier: MIT
// The inside of a processor with a little RAM, in 64-bit mode; the first 4 MiB are mapped to
// themselves by pages of 4 KiB.
#pragma once
#include <cstring>

#include "core/cpu/block.h"
#include "core/cpu/core.h"

namespace lucid::bench {

struct Board {
  static constexpr u64 data = 0x200000, code = 0x100000;

  struct NoInterrupts final : bus::InterruptSource {
    u8 acknowledge() override { return 0; }
  };

  mem::PhysicalMemory ram{8 << 20};
  bus::PortBus ports;
  NoInterrupts interrupts;
  bus::Clock clock;
  trace::EventLog log;
  u32 pid = 0;
  cpu::Core core{{ram, ports, interrupts, clock, log, pid}};
  cpu::CodeCache cache{core.mmu};

  Board() {
    constexpr u64 pml4 = 0x1000, pdpt = 0x2000, pd = 0x3000, tables = 0x4000, present_writable = 3;
    put(pml4, pdpt | present_writable);
    put(pdpt, pd | present_writable);
    for (u64 i = 0; i < 2; ++i) put(pd + i * 8, (tables + i * page_size) | present_writable);
    for (u64 i = 0; i < 1024; ++i) put(tables + i * 8, i * page_size | present_writable);
    core.code = &cache;
    core.state.cr0 = 0x80010033;
    core.state.cr3 = pml4;
    core.state.cr4 = 0x620;
    core.state.efer = 0xd01;
    core.mode = isa::Mode::bits64;
    core.mmu.set_paging({core.state.cr0, core.state.cr3, core.state.cr4, core.state.efer, {}});
    core.tlb = &core.mmu.current();
  }

  void put(u64 at, u64 value) { std::memcpy(ram.data() + at, &value, sizeof value); }
};

}  // namespace lucid::bench
