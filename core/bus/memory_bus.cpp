// SPDX-License-Identifier: MIT
#include "core/bus/memory_bus.h"

#include <algorithm>

namespace lucid::bus {

void MemoryBus::map(Gpa first, u64 bytes, MemoryDevice& device) { ranges_.push_back({first.value, bytes, &device}); }

const MemoryBus::Range* MemoryBus::find(Gpa address) const {
  for (const Range& range : ranges_)
    if (address.value - range.first < range.bytes) return &range;
  return nullptr;
}

void MemoryBus::read(Gpa address, std::span<u8> out) {
  if (const Range* range = find(address)) return range->device->read_memory(address.value - range->first, out);
  std::fill(out.begin(), out.end(), u8{0xff});
}

void MemoryBus::write(Gpa address, std::span<const u8> bytes) {
  if (const Range* range = find(address)) range->device->write_memory(address.value - range->first, bytes);
}

}  // namespace lucid::bus
