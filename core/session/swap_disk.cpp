// SPDX-License-Identifier: MIT
// Layouts: the partition table of a master boot record (offset 446, 16 bytes an entry, 55 AA at the
// end); the swap header of Linux (version, last page, "SWAPSPACE2" at the end of the first page).
#include "core/session/swap_disk.h"

#include <cstring>

namespace lucid::session {
namespace {

constexpr u64 sector_size = 512;
constexpr u64 first_sector = 2048;  // 1 MiB, where partitions are aligned to nowadays
constexpr u8 linux_swap = 0x82;

void put_u32(std::vector<u8>& bytes, u64 at, u64 value) {
  for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<u8>(value >> 8 * i);
}

}  // namespace

u64 swap_disk_size(u64 swap_bytes) { return first_sector * sector_size + swap_bytes; }

std::vector<u8> swap_disk_head(u64 swap_bytes) {
  constexpr u64 header = first_sector * sector_size;
  std::vector<u8> bytes(header + page_size);
  constexpr u64 entry = 446;
  bytes[entry + 4] = linux_swap;
  put_u32(bytes, entry + 8, first_sector);
  put_u32(bytes, entry + 12, swap_bytes / sector_size);
  bytes[510] = 0x55, bytes[511] = 0xaa;
  put_u32(bytes, header + 1024, 1);                           // version
  put_u32(bytes, header + 1028, swap_bytes / page_size - 1);  // last page
  std::memcpy(bytes.data() + header + page_size - 10, "SWAPSPACE2", 10);
  return bytes;
}

}  // namespace lucid::session
