// SPDX-License-Identifier: MIT
#include "core/session/swap_disk.h"

#include "core/session/partition_table.h"

namespace lucid::session {
namespace {

constexpr u64 first_sector = 2048;  // 1 MiB, where partitions are aligned to nowadays

}  // namespace

u64 swap_disk_size(u64 swap_bytes) { return first_sector * sector_size + swap_bytes; }

std::vector<u8> swap_disk_head(u64 swap_bytes) {
  constexpr u64 header = first_sector * sector_size;
  std::vector<u8> bytes(header + page_size);
  put_partition(bytes, 0, {partition_type::linux_swap, first_sector, swap_bytes / sector_size});
  put_swap_header(bytes, header, swap_bytes);
  return bytes;
}

}  // namespace lucid::session
