// SPDX-License-Identifier: MIT
// Runs cases on cpu::Cpu: a bare 64-bit machine with the case's address space at ring 3 and an IDT
// that only has to exist; a fault is read from the stack frame it leaves.
#pragma once
#include <memory>

#include "core/cpu/cpu.h"
#include "tests/cosim/case.h"

namespace lucid::cosim {

class GuestRunner {
 public:
  GuestRunner();
  void run(const Input& input, const u8 (&window)[window_bytes], Output& output);

 private:
  struct NoInterrupts final : bus::InterruptSource {
    u8 acknowledge() override { return 0xff; }
  };
  void build_tables();
  cpu::State user_state(const Input& input) const;

  mem::PhysicalMemory ram_;
  bus::PortBus ports_;
  NoInterrupts interrupts_;
  bus::Clock clock_;
  trace::EventLog log_;
  u32 pid_ = 0;
  cpu::Cpu cpu_;
  cpu::State base_;
};

}  // namespace lucid::cosim
