// SPDX-License-Identifier: MIT
// A bare processor with a little RAM, for tests: 64-bit mode, the first 4 MiB mapped to themselves
// for everybody, nothing else attached.
#pragma once
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include "core/cpu/cpu.h"

namespace lucid::test {

constexpr u64 ram_bytes = 8 << 20;
constexpr u64 code_at = 0x10000, data_at = 0x200000, stack_top = 0x300000;
constexpr u64 pml4_at = 0x1000, pdpt_at = 0x2000, pd_at = 0x3000;

struct NoInterrupts final : bus::InterruptSource {
  u8 vector = 0x20;
  u8 acknowledge() override {
    intr_ = false;
    return vector;
  }
  void request(u8 v) {
    vector = v;
    intr_ = true;
  }
};

struct Rig {
  mem::PhysicalMemory ram{ram_bytes};
  bus::PortBus ports;
  NoInterrupts interrupts;
  bus::Clock clock;
  trace::EventLog log;
  u32 pid = 0;
  cpu::Cpu cpu{{ram, ports, interrupts, clock, log, pid}};
  cpu::State state;

  Rig() {
    put64(pml4_at, pdpt_at | 7);
    put64(pdpt_at, pd_at | 7);
    put64(pd_at, 0x000000 | 0x87);
    put64(pd_at + 8, 0x200000 | 0x87);
    state = flat64(0);
  }

  static cpu::State flat64(unsigned cpl) {
    cpu::State s;
    s.cr0 = 0x80010033;
    s.cr3 = pml4_at;
    s.cr4 = 0x620;
    s.efer = 0xd01;
    const u16 dpl = static_cast<u16>(cpl << 5);
    s.segment.fill({static_cast<u16>(0x10 | cpl), static_cast<u16>(0xc093 | dpl), 0xffffffff, 0});
    s.segment[cpu::cs] = {static_cast<u16>(0x08 | cpl), static_cast<u16>(0xa09b | dpl), 0xffffffff, 0};
    s.rip = code_at;
    s.gpr[cpu::rsp] = stack_top;
    return s;
  }

  void put64(u64 at, u64 value) { std::memcpy(ram.data() + at, &value, 8); }
  u64 get64(u64 at) const {
    u64 value;
    std::memcpy(&value, ram.data() + at, 8);
    return value;
  }
  void code(const std::vector<u8>& bytes, u64 at = code_at) {
    std::memcpy(ram.data() + at, bytes.data(), bytes.size());
  }
  /// Runs `count` instructions from `state` and keeps the result there.
  cpu::StopReason run(u64 count) {
    cpu.set_state(state);
    const cpu::StopReason reason = cpu.run(clock.retired + count);
    state = cpu.state();
    return reason;
  }
};

}  // namespace lucid::test
