// SPDX-License-Identifier: MIT
// RAM at one moment, as pages that cannot change and are shared between images: an image costs
// what was written since the image before it. Capturing and restoring look only at frames that
// may differ (see PhysicalMemory::touch).
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "core/mem/physical_memory.h"

namespace lucid::mem {

using PageBytes = std::array<u8, page_size>;

/// Sixty-four pages in a row; null = a page of zeros.
using PageRow = std::array<std::shared_ptr<const PageBytes>, 64>;

class MemoryImage {
 public:
  /// Of no frames.
  MemoryImage() = default;

  u64 frame_count() const { return rows_.size() * PageRow{}.size(); }
  /// 4096 bytes, or null for a page of zeros (and for a frame that is not there).
  const u8* page(u64 frame) const;

 private:
  friend class MemoryKeeper;
  std::vector<std::shared_ptr<const PageRow>> rows_;  // null = all zeros
};

/// Captures and restores images of one RAM, and counts what they hold.
class MemoryKeeper {
 public:
  explicit MemoryKeeper(PhysicalMemory& ram);

  /// An image of RAM as it is. Forgets which frames were touched: the caller makes sure that the
  /// next write to any frame is announced again (Mmu::forget_writes).
  MemoryImage capture();
  /// Makes RAM equal to an image of a RAM of the same size, and returns the frames that changed.
  std::vector<u64> restore(const MemoryImage& image);
  /// Of all images of this RAM that still exist.
  u64 bytes_held() const { return *bytes_held_; }

 private:
  std::shared_ptr<const PageBytes> page_of(u64 frame) const;

  PhysicalMemory& ram_;
  std::shared_ptr<u64> bytes_held_;  // shared with the pages: they may outlive the keeper
  MemoryImage base_;                 // what frames that were not touched since hold
};

}  // namespace lucid::mem
