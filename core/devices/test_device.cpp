// SPDX-License-Identifier: MIT
#include "core/devices/test_device.h"

#include <algorithm>

namespace lucid::devices {

void TestDevice::attach(bus::PortBus& ports, bus::MemoryBus& memory) {
  ports.map(first_port, first_port + 3, *this, bus::PortWidth::wide);
  ports.map(second_port, second_port + 3, *this);
  memory.map(memory_at, memory_bytes, *this);
}

u32 TestDevice::read_port(u16 port, unsigned) { return state_.value >> 8 * (port & 3u); }

void TestDevice::write_port(u16 port, u32 value, unsigned size) {
  const unsigned shift = 8 * (port & 3u);
  const u32 mask = (size == 4 ? ~u32{0} : (u32{1} << 8 * size) - 1) << shift;
  state_.value = (state_.value & ~mask) | (value << shift & mask);
}

void TestDevice::read_memory(u64 offset, std::span<u8> out) {
  if (state_.memory.empty()) {
    std::fill(out.begin(), out.end(), u8{0});
  } else {
    std::copy_n(state_.memory.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  }
}

void TestDevice::write_memory(u64 offset, std::span<const u8> bytes) {
  state_.memory.resize(memory_bytes);
  std::copy(bytes.begin(), bytes.end(), state_.memory.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace lucid::devices
