// SPDX-License-Identifier: MIT
// Where a PC has its I/O and local APICs (0xfec00000 and 0xfee00000) this board has nothing, and
// CPUID says so. Software that looks there all the same finds zeros, as on QEMU's machines without:
// an APIC whose identifier is 0, not 255.
#pragma once
#include <algorithm>

#include "core/bus/memory_bus.h"

namespace lucid::devices {

class AbsentApic final : public bus::MemoryDevice {
 public:
  static constexpr Gpa first{0xfec0'0000};
  static constexpr u64 bytes = 0x30'0000;

  void attach(bus::MemoryBus& memory) { memory.map(first, bytes, *this); }

  void read_memory(u64, std::span<u8> out) override { std::fill(out.begin(), out.end(), u8{0}); }
  void write_memory(u64, std::span<const u8>) override {}
};

}  // namespace lucid::devices
