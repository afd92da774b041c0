// SPDX-License-Identifier: MIT
// The four levels of page tables (SDM vol. 3, 4.5), or five when the processor has them and the command line says la57:
//
//   63       57 56     48 47     39 38     30 29     21 20     12 11        0
//   sign copies  PML5      PML4      PDPT      PD        PT        offset
//                (sign)
// The user half belongs to one address space; the kernel half (entries 256..511 of the root) is the same in all.
// Everybody stays within 48 bits all the same: with five levels entry 0 of the root has all of a process, and entry
// 511 the whole kernel half of four levels.
#pragma once
#include "core/abi/swap_entry.h"
#include "core/kernel/lib/errno.h"

namespace lucid::kernel {

namespace pte {
constexpr u64 present = 1, writable = 2, user = 4, accessed = 32, dirty = 64, large = 128;
constexpr u64 no_execute = u64{1} << 63;
/// Not present for the processor, but there is a frame: a page of a PROT_NONE mapping.
constexpr u64 kept = abi::kept_marker;
constexpr u64 occupied = present | kept;
constexpr u64 address = 0x000ffffffffff000;
inline u64 frame(u64 entry) { return (entry & address) >> 12; }
/// In the swap area: neither present nor kept.
inline bool swapped(u64 entry) { return abi::is_swap_entry(entry); }
inline u32 slot(u64 entry) { return static_cast<u32>(abi::swap_slot(entry)); }
inline u64 in_slot(u32 slot) { return abi::make_swap_entry(0, slot); }
}  // namespace pte

/// A new top-level table (its frame number) with the kernel half filled in.
Result<u64> make_page_root();
/// Frees the tables of the user half; the leaves must be gone already.
void free_page_root(u64 root);

/// The PTE of `address`, its tables made as needed.
Result<u64*> make_entry(u64 root, u64 address);
/// The PTE of `address`, or null when a table is missing; then `next` is where the missing part ends.
u64* find_entry(u64 root, u64 address, u64* next);

/// Calls f(address, entry) for every leaf in [start, end) that has a frame or a slot of the swap area.
template <typename F>
void for_each_page(u64 root, u64 start, u64 end, F f) {
  for (u64 at = start; at < end;) {
    u64 next = end;
    u64* entry = find_entry(root, at, &next);
    if (!entry) {
      at = next;
      continue;
    }
    // The rest of this page table lies in a row.
    u64 stop = min(end, (at & ~u64{0x1fffff}) + 0x200000);
    for (; at < stop; at += 4096, entry++)
      if (*entry) f(at, entry);
  }
}

/// Physical address of the kernel's own top-level table.
u64 kernel_page_root();
/// Once, before anything else here: four levels or five, as boot/entry.S has set up the processor.
void set_paging_levels();
u32 paging_levels();
/// Takes these pages out of the mapping of the kernel image; the direct map still has them.
void unmap_from_image(u64 start, u64 end);

}  // namespace lucid::kernel
