// SPDX-License-Identifier: MIT
// RAM: one contiguous block from physical address 0. Outside it reads give all ones and writes
// are dropped. It remembers which frames may have been written since somebody last asked.
#pragma once
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

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

  // --- which frames were written ---
  /// Whoever writes through data() says so, before or after, once per forget_touched().
  void touch(u64 frame) {
    u64& row = touched_[frame / 64];
    const u64 bit = u64{1} << frame % 64;
    touched_count_ += (row & bit) == 0;
    row |= bit;
  }
  void touch_all();
  /// Frames 64 * row and up as bits.
  u64 touched(u64 row) const { return touched_[row]; }
  u64 touched_count() const { return touched_count_; }
  void forget_touched();

 private:
  struct Free {
    void operator()(u8* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<u8[], Free> bytes_;
  u64 size_;
  std::vector<u64> touched_;
  u64 touched_count_ = 0;
};

}  // namespace lucid::mem
