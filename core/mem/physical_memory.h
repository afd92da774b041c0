// SPDX-License-Identifier: MIT
// RAM: one contiguous block from physical address 0. Outside it reads give all ones and writes
// are dropped. Writes to frames that hold decoded code are noticed (see `code_frames`).
#pragma once
#include <cstdlib>
#include <memory>
#include <span>

#include "core/base/types.h"

namespace lucid::mem {

class PhysicalMemory {
 public:
  /// A multiple of 4 KiB. The host supplies pages as they are touched; if it has no room at all,
  /// size() is 0.
  explicit PhysicalMemory(u64 bytes);

  u64 size() const { return size_; }
  u64 frame_count() const { return size_ / page_size; }
  bool contains(Gpa address, u64 length) const { return address.value < size_ && length <= size_ - address.value; }

  u8* data() { return bytes_.get(); }
  const u8* data() const { return bytes_.get(); }

  /// Copies for the loader, commands and views: false, and nothing done, when out of range.
  [[nodiscard]] bool read(Gpa address, std::span<u8> out) const;
  [[nodiscard]] bool write(Gpa address, std::span<const u8> bytes);

 private:
  struct Free {
    void operator()(u8* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<u8[], Free> bytes_;
  u64 size_;
};

}  // namespace lucid::mem
