// SPDX-License-Identifier: MIT
// Devices in the physical address space beside RAM. An access that no device claims reads all ones
// and writes nothing, as an empty bus does.
#pragma once
#include <span>
#include <vector>

#include "core/base/types.h"

namespace lucid::bus {

class MemoryDevice {
 public:
  /// `offset` from where the device is mapped; the access lies inside it and inside one page.
  virtual void read_memory(u64 offset, std::span<u8> out) = 0;
  virtual void write_memory(u64 offset, std::span<const u8> bytes) = 0;

 protected:
  ~MemoryDevice() = default;
};

class MemoryBus {
 public:
  /// Whole pages, outside RAM.
  void map(Gpa first, u64 bytes, MemoryDevice& device);
  /// Within one page.
  void read(Gpa address, std::span<u8> out);
  void write(Gpa address, std::span<const u8> bytes);

 private:
  struct Range {
    u64 first, bytes;
    MemoryDevice* device;
  };
  const Range* find(Gpa address) const;
  std::vector<Range> ranges_;
};

}  // namespace lucid::bus
