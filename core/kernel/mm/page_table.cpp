// SPDX-License-Identifier: MIT
#include "core/kernel/mm/page_table.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/frames.h"

extern "C" {
extern lucid::kernel::u64 boot_pml4[512];
extern char init_text_start[], init_data_start[], init_end[];
extern char image_text_start[], image_text_end[], image_rodata_end[], image_end[];
}

namespace lucid::kernel {
namespace {

constexpr u64 entries = 512;
constexpr u64 user_entries = 256;  // of the top level
constexpr u64 table_bits = pte::present | pte::writable | pte::user;

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

bool lies_in(u64 address, const char* start, const char* end) {
  return address >= reinterpret_cast<u64>(start) && address < reinterpret_cast<u64>(end);
}

}  // namespace

Result<u64> make_page_root() {
  u64 root = TRY(allocate_zeroed_frame(FrameKind::page_table));
  memcpy(table_at(root) + user_entries, boot_pml4 + user_entries, (entries - user_entries) * sizeof(u64));
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
  for (u32 level = 3; level > 0; level--) {
    u64& entry = table[index_of(address, level)];
    if (!(entry & pte::present)) entry = TRY(make_table(root)) * page_size | table_bits;
    table = table_at(pte::frame(entry));
  }
  return &table[index_of(address, 0)];
}

u64* find_entry(u64 root, u64 address, u64* next) {
  u64* table = table_at(root);
  for (u32 level = 3; level > 0; level--) {
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

u64 kernel_page_root() { return image_to_physical(boot_pml4); }

INIT_CODE void finish_kernel_tables() {
  boot_pml4[0] = 0;
  // The direct map is data.
  boot_pml4[index_of(direct_map_base, 3)] |= pte::no_execute;
  // The first 2 MiB of the image in 4 KiB pages: text is read-only, data cannot be executed.
  u64* image_pdpt = table_at(pte::frame(boot_pml4[index_of(image_base, 3)]));
  u64 pd = allocate_zeroed_frame(FrameKind::page_table).take();
  u64 size = page_up(reinterpret_cast<u64>(image_end) - image_base);
  for (u64 at = 0; at < size; at += 0x200000) {
    u64 table = allocate_zeroed_frame(FrameKind::page_table).take();
    for (u64 i = 0; i < entries && at + i * page_size < size; i++) {
      u64 address = image_base + at + i * page_size;
      bool text =
          lies_in(address, image_text_start, image_text_end) || lies_in(address, init_text_start, init_data_start);
      bool constant = address < reinterpret_cast<u64>(image_rodata_end) && !lies_in(address, init_data_start, init_end);
      table_at(table)[i] =
          (at + i * page_size) | pte::present | (text ? 0 : pte::no_execute) | (constant ? 0 : pte::writable);
    }
    table_at(pd)[at / 0x200000] = table * page_size | pte::present | pte::writable;
  }
  image_pdpt[index_of(image_base, 2)] = pd * page_size | pte::present | pte::writable;
  // Global entries survive a load of CR3: flush them through CR4.PGE (SDM vol. 3, 4.10.4.1).
  u64 cr4;
  asm volatile("mov %%cr4, %0" : "=r"(cr4));
  asm volatile("mov %0, %%cr4" ::"r"(cr4 & ~u64{0x80}) : "memory");
  write_cr3(kernel_page_root());
  asm volatile("mov %0, %%cr4" ::"r"(cr4) : "memory");
}

void unmap_from_image(u64 start, u64 end) {
  for (u64 at = start; at < end; at += page_size) {
    *find_entry(kernel_page_root() / page_size, at, nullptr) = 0;
    invalidate_page(at);
  }
}

}  // namespace lucid::kernel
