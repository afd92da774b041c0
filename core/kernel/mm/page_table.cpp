// SPDX-License-Identifier: MIT
#include "core/kernel/mm/page_table.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/frames.h"

extern "C" lucid::kernel::u64 boot_pml4[512], boot_pml5[512];

namespace lucid::kernel {
namespace {

constexpr u64 entries = 512;
constexpr u64 user_entries = 256;  // of the top level
constexpr u64 table_bits = pte::present | pte::writable | pte::user;

u32 top_level = 3;
u64* kernel_root = boot_pml4;

u64 index_of(u64 address, u32 level) { return address >> (12 + 9 * level) & (entries - 1); }
u64* table_at(u64 frame) { return reinterpret_cast<u64*>(frame_bytes(frame)); }

/// All tables of an address space hang together through their frames' `next`, the root first: to give
/// them back nobody has to search 512 entries each.
Result<u64> make_table(u64 root) {
  u64 table = TRY(allocate_zeroed_frame(FrameKind::page_table));
  frames[table].next = frames[root].next;
  frames[root].next = static_cast<u32>(table);
  return table;
}

}  // namespace

void set_paging_levels() {
  if (!(read_cr4() & cr4::la57)) return;
  top_level = 4;
  kernel_root = boot_pml5;
}
u32 paging_levels() { return top_level + 1; }

Result<u64> make_page_root() {
  u64 root = TRY(allocate_zeroed_frame(FrameKind::page_table));
  memcpy(table_at(root) + user_entries, kernel_root + user_entries, (entries - user_entries) * sizeof(u64));
  return root;
}

void free_page_root(u64 root) {
  for (u64 table = root; table;) {
    u64 next = frames[table].next;
    release_frame(table);
    table = next;
  }
}

Result<u64*> make_entry(u64 root, u64 address) {
  u64* table = table_at(root);
  for (u32 level = top_level; level > 0; level--) {
    u64& entry = table[index_of(address, level)];
    if (!(entry & pte::present)) entry = TRY(make_table(root)) * page_size | table_bits;
    table = table_at(pte::frame(entry));
  }
  return &table[index_of(address, 0)];
}

u64* find_entry(u64 root, u64 address, u64* next) {
  u64* table = table_at(root);
  for (u32 level = top_level; level > 0; level--) {
    u64 entry = table[index_of(address, level)];
    if (!(entry & pte::present)) {
      u64 span = u64{1} << (12 + 9 * level);
      if (next) *next = (address & ~(span - 1)) + span;
      return nullptr;
    }
    table = table_at(pte::frame(entry));
  }
  return &table[index_of(address, 0)];
}

u64 kernel_page_root() { return image_to_physical(kernel_root); }

void unmap_from_image(u64 start, u64 end) {
  for (u64 at = start; at < end; at += page_size) {
    *find_entry(kernel_page_root() / page_size, at, nullptr) = 0;
    invalidate_page(at);
  }
}

}  // namespace lucid::kernel
