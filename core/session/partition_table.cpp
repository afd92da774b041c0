// SPDX-License-Identifier: MIT
#include "core/session/partition_table.h"

#include <cstring>

namespace lucid::session {
namespace {

void put_u32(std::vector<u8>& bytes, u64 at, u64 value) {
  for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<u8>(value >> 8 * i);
}

u64 u32_at(std::span<const u8> bytes, u64 at) {
  u64 value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= u64{bytes[at + i]} << 8 * i;
  return value;
}

}  // namespace

void put_partition(std::vector<u8>& disk, unsigned number, const Partition& partition) {
  const u64 entry = 446 + 16 * number;
  disk[entry] = partition.active ? 0x80 : 0;
  disk[entry + 4] = partition.type;
  put_u32(disk, entry + 8, partition.first);
  put_u32(disk, entry + 12, partition.sectors);
  disk[510] = 0x55, disk[511] = 0xaa;
}

std::vector<Partition> partitions_of(std::span<const u8> disk) {
  std::vector<Partition> found;
  if (disk.size() < sector_size || disk[510] != 0x55 || disk[511] != 0xaa) return found;
  for (u64 entry = 446; entry < 510; entry += 16) {
    const Partition partition{disk[entry + 4], u32_at(disk, entry + 8), u32_at(disk, entry + 12), disk[entry] == 0x80};
    if (partition.type != 0 && partition.first != 0) found.push_back(partition);
  }
  return found;
}

void put_swap_header(std::vector<u8>& disk, u64 at, u64 swap_bytes) {
  put_u32(disk, at + 1024, 1);                           // version
  put_u32(disk, at + 1028, swap_bytes / page_size - 1);  // last page
  std::memcpy(disk.data() + at + page_size - 10, "SWAPSPACE2", 10);
}

}  // namespace lucid::session
