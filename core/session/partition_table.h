// SPDX-License-Identifier: MIT
// The partition table of a master boot record (offset 446, four entries of 16 bytes, 55 AA at the end) and the header
// of a swap area as mkswap(8) writes it.
#pragma once
#include <span>
#include <vector>

#include "core/base/types.h"

namespace lucid::session {

constexpr u64 sector_size = 512;

namespace partition_type {
constexpr u8 linux_swap = 0x82, linux_data = 0x83, loader_data = 0xda;
}

struct Partition {
  u8 type = 0;
  u64 first = 0, sectors = 0;
  bool active = false;
};

/// Entry number 0 to 3 in the disk's first sector, and the mark at its end.
void put_partition(std::vector<u8>& disk, unsigned number, const Partition& partition);
/// Those that the first sector describes; none without the mark.
std::vector<Partition> partitions_of(std::span<const u8> disk);
/// In the page at byte `at`.
void put_swap_header(std::vector<u8>& disk, u64 at, u64 swap_bytes);

}  // namespace lucid::session
