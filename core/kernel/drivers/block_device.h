// SPDX-License-Identifier: MIT
// What has numbered sectors: a disk, a part of one. File systems, the page cache and the swap area read and
// write through this and know no driver.
#pragma once
#include "core/kernel/lib/errno.h"

namespace lucid::kernel {

constexpr u64 sector_size = 512;

class BlockDevice {
 public:
  virtual ~BlockDevice() = default;
  /// As below /dev: "hda", "hda2".
  virtual const char* name() const = 0;
  virtual u64 sectors() const = 0;
  /// Move whole sectors between the device and kernel memory and return when that is done. They sleep, and no
  /// signal ends that; IO when the device failed or the sectors do not exist. A write that has returned is
  /// seen by every read that starts later.
  virtual Status read(u64 sector, void* to, u64 count) = 0;
  virtual Status write(u64 sector, const void* from, u64 count) = 0;
};

}  // namespace lucid::kernel
