// SPDX-License-Identifier: MIT
// The page-table entry of a page that lies in the swap area. The processor looks at bit 0 only, finds the
// page not present and raises #PF; the other 63 bits are the kernel's:
//
//   63      52 51                    12 11 10  9  8     6 5      1  0
//   |   0     |         slot           | 0| 1| 0|    0   |  area  | 0|
//
// The slot is the number of a page of the area, counted from the area's start (slot 0 is its header, never used).
// Bit 9 set and bit 0 clear is something else: a page that is in memory, of a mapping nobody may touch.
#pragma once
#include <stdint.h>

namespace lucid::abi {

constexpr uint64_t swap_marker = 1 << 10;
constexpr uint64_t kept_marker = 1 << 9;

constexpr bool is_swap_entry(uint64_t entry) { return (entry & (1 | kept_marker | swap_marker)) == swap_marker; }
constexpr uint64_t swap_slot(uint64_t entry) { return entry >> 12 & 0xff'ffff'ffff; }
constexpr uint32_t swap_area(uint64_t entry) { return static_cast<uint32_t>(entry >> 1 & 31); }
constexpr uint64_t make_swap_entry(uint32_t area, uint64_t slot) { return slot << 12 | swap_marker | area << 1; }

/// What the area's header says, in its first page: version 1, the number of the last slot, and at the end of the page
/// the signature (mkswap(8)).
constexpr uint32_t swap_version_at = 1024, swap_last_slot_at = 1028, swap_signature_at = 4086;
constexpr char swap_signature[] = "SWAPSPACE2";

/// The kernel's account of one slot.
struct SwapSlot {
  uint32_t frame;  // where its bytes are in memory as well (the swap cache); 0 = nowhere
  uint16_t users;  // page-table entries and page caches that hold its number
  uint8_t stored;  // its bytes are on the disk
  uint8_t busy;    // they are being read or written
};
static_assert(sizeof(SwapSlot) == 8);

}  // namespace lucid::abi
