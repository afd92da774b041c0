// SPDX-License-Identifier: MIT
#include "core/mem/physical_memory.h"

#include <cstring>

namespace lucid::mem {

PhysicalMemory::PhysicalMemory(u64 bytes) : size_(bytes), bytes_(std::make_unique<u8[]>(bytes)) {}

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
