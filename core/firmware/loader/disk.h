// SPDX-License-Identifier: MIT
// The partitions of the disk (master boot record) and the bytes in them.
#pragma once
#include "core/firmware/loader/bios.h"

namespace lucid::loader {

/// Types of partitions: data for a loader, a file system of Linux's.
constexpr u8 loader_data = 0xda, linux_data = 0x83;

struct Partition {
  u32 first = 0, sectors = 0;
};

class Disk {
 public:
  /// Reads the partition table; stops the machine if there is none.
  explicit Disk(u8 drive);
  /// The first one of this type; with no sectors when there is none.
  Partition find(u8 type, bool active) const;
  /// Bytes `at` and on of a partition to memory, anywhere below 4 GiB. Stops the machine on an error.
  void read(const Partition& partition, u32 at, u32 size, u32 to) const;

 private:
  struct [[gnu::packed]] Entry {
    u8 status, first_chs[3], type, last_chs[3];
    u32 first, sectors;
  };
  static_assert(sizeof(Entry) == 16);
  u8 drive_;
  Entry entries_[4];
};

}  // namespace lucid::loader
