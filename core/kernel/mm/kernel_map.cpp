// SPDX-License-Identifier: MIT
#include "core/kernel/mm/kernel_map.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/boot/command_line.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/page_table.h"

extern "C" {
extern lucid::kernel::u64 boot_pml5[512], boot_pml4[512], boot_pdpt_low[512], boot_pd[1024];
extern char init_text_start[], init_data_start[], init_end[];
extern char image_text_start[], image_text_end[], image_rodata_end[], image_end[];
}

namespace lucid::kernel {
namespace {

constexpr u64 two_mib = 1 << 21, one_gib = 1 << 30;
constexpr u64 global = 1 << 8;
constexpr u64 table_bits = pte::present | pte::writable;
constexpr u64 data_page = pte::present | pte::writable | pte::large | global | pte::no_execute;

INIT_CODE bool processor_has_gib_pages() { return cpuid(0x80000001).edx & 1 << 26; }

/// Number of whole GiB that the direct map has in one page each.
INIT_CODE u64 gib_pages(u64 memory_end) {
  if (!processor_has_gib_pages() || option_given("nogbpages")) return 0;
  return option_given("gbpages") ? (memory_end + one_gib - 1) / one_gib : memory_end / one_gib;
}

INIT_CODE void map_memory(u64 memory_end) {
  const u64 gib = gib_pages(memory_end);
  for (u64 i = 0; i < gib; i++) boot_pdpt_low[i] = i * one_gib | data_page;
  for (u64 at = gib * one_gib; at < direct_map_limit; at += two_mib)
    boot_pd[at / two_mib] = at < memory_end ? at | data_page : 0;
  log("Direct map: %lu pages of 1 GiB, %lu of 2 MiB; %u levels", gib,
      memory_end > gib * one_gib ? (memory_end - gib * one_gib + two_mib - 1) / two_mib : 0, paging_levels());
}

INIT_CODE bool lies_in(u64 address, const char* start, const char* end) {
  return address >= reinterpret_cast<u64>(start) && address < reinterpret_cast<u64>(end);
}

INIT_CODE u64 image_page(u64 address) {
  bool text = lies_in(address, image_text_start, image_text_end) || lies_in(address, init_text_start, init_data_start);
  bool constant = address < reinterpret_cast<u64>(image_rodata_end) && !lies_in(address, init_data_start, init_end);
  return (address - image_base) | pte::present | (text ? 0 : pte::no_execute) | (constant ? 0 : pte::writable);
}

INIT_CODE u64* new_table(u64& entry) {
  u64 table = allocate_zeroed_frame(FrameKind::page_table).take();
  entry = table * page_size | table_bits;
  return reinterpret_cast<u64*>(frame_bytes(table));
}

/// The code that runs here is in the image: the tables are put in place when they are complete.
INIT_CODE void map_image() {
  u64* pdpt = static_cast<u64*>(physical_to_pointer(boot_pml4[511] & pte::address));
  u64 complete;
  u64* directory = new_table(complete);
  u64* table = nullptr;
  for (u64 at = image_base; at < reinterpret_cast<u64>(image_end); at += page_size) {
    if (at % two_mib == 0) table = new_table(directory[(at - image_base) / two_mib]);
    table[at % two_mib / page_size] = image_page(at);
  }
  pdpt[510] = complete;
}

/// Global entries survive a load of CR3: they go with CR4.PGE (SDM vol. 3, 4.10.4.1).
INIT_CODE void forget_translations() {
  const u64 value = read_cr4();
  write_cr4(value & ~cr4::global_pages);
  write_cr3(kernel_page_root());
  write_cr4(value);
}

}  // namespace

INIT_CODE void finish_kernel_tables(u64 memory_end) {
  boot_pml4[0] = 0;
  boot_pml5[0] = 0;
  map_image();
  map_memory(memory_end);  // until now boot_pd mapped the image too
  forget_translations();
}

}  // namespace lucid::kernel
