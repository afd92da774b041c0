// SPDX-License-Identifier: MIT
// QEMU's "pc-testdev", which kvm-unit-tests use to try port and memory-mapped I/O:
//
//   ports 0xe0..0xe3 and 0xe8..0xeb  one 32-bit register, by any width at any offset
//   memory 0xff000000, 64 KiB        keeps what was written, as a device, not as RAM
//
// Source: what kvm-unit-tests' x86/emulator.c and lib/x86 expect. Not offered: its interrupt lines
// (ports 0x2000..) and its page invalidation (0xe4), which means something to a hypervisor only.
#pragma once
#include <span>
#include <vector>

#include "core/bus/memory_bus.h"
#include "core/bus/port_bus.h"

namespace lucid::devices {

class TestDevice final : public bus::PortDevice, public bus::MemoryDevice {
 public:
  struct State {
    u32 value = 0;
    std::vector<u8> memory;  // empty until first written
  };

  static constexpr u16 first_port = 0xe0, second_port = 0xe8;
  static constexpr Gpa memory_at{0xff00'0000};
  static constexpr u64 memory_bytes = 0x1'0000;

  void attach(bus::PortBus& ports, bus::MemoryBus& memory);

  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;
  void read_memory(u64 offset, std::span<u8> out) override;
  void write_memory(u64 offset, std::span<const u8> bytes) override;

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  State state_;
};

}  // namespace lucid::devices
