// SPDX-License-Identifier: MIT
#include "core/mem/physical_memory.h"

#include <cstring>

namespace lucid::mem {

// calloc, not new: gigabytes of zeros cost nothing until they are used.
PhysicalMemory::PhysicalMemory(u64 bytes)
    : bytes_(static_cast<u8*>(std::calloc(bytes / page_size, page_size))), size_(bytes_ ? bytes : 0) {}

bool PhysicalMemory::read(Gpa address, std::span<u8> out) const {
  if (!contains(address, out.size())) return false;
  std::memcpy(out.data(), bytes_.get() + address.value, out.size());
  return true;
}

bool PhysicalMemory::write(Gpa address, std::span<const u8> bytes) {
  if (!contains(address, bytes.size())) return false;
  std::memcpy(bytes_.get() + address.value, bytes.data(), bytes.size());
  return true;
}

}  // namespace lucid::mem
