// SPDX-License-Identifier: MIT
#include "core/mem/walk.h"

#include <cstring>

namespace lucid::mem {
namespace {

// Linear address, 4-level paging (SDM vol. 3, figure 4-8):
//
//   63    48 47    39 38    30 29    21 20    12 11        0
//   sign     PML4     PDPT     PD       PT       offset
//
// 5-level paging (CR4.LA57) has another nine bits on top, the index into the PML5 table.
//
// Bits 51:40 of an entry would be addresses above the 40 physical bits that CPUID offers.
constexpr unsigned physical_bits = 40;
constexpr u64 address_mask = ((u64{1} << physical_bits) - 1) & ~page_mask;
constexpr u64 reserved_address = ((u64{1} << 52) - 1) & ~((u64{1} << physical_bits) - 1);

constexpr u64 cr4_pae = 1 << 5, cr4_pse = 1 << 4;
constexpr u64 efer_nxe = 1 << 11;

u64 read_entry(const PhysicalMemory& ram, Gpa at, unsigned bytes) {
  u64 entry = 0;
  std::memcpy(&entry, ram.data() + at.value, bytes);
  return entry;
}

Gpa pdpt_at(u64 cr3) { return {cr3 & 0xffffffe0}; }

u64 page_bytes_at(unsigned level) { return u64{1} << (12 + 9 * (level - 1)); }

/// Bits that must be zero in a present entry of a long-mode or PAE table.
u64 reserved_bits(const PagingState& paging, unsigned level, u64 entry, bool long_mode) {
  u64 reserved = reserved_address;
  if (!(paging.efer & efer_nxe)) reserved |= pte::no_execute;
  if (!long_mode) reserved |= u64{0x7ff} << 52;
  if (level >= 4) reserved |= pte::large;
  if ((level == 2 || level == 3) && (entry & pte::large)) reserved |= page_bytes_at(level) - 1 - 0x1fff;
  return reserved;
}

void add_step(WalkResult& result, unsigned level, u16 index, Gpa entry_at, u64 entry) {
  result.steps[result.step_count++] = {static_cast<u8>(level), index, entry_at, entry};
}

void finish(WalkResult& result, WalkResult::Outcome outcome) { result.outcome = outcome; }

void map(WalkResult& result, u64 entry, u64 frame, u64 page_bytes, Gva address) {
  result.page_bytes = page_bytes;
  result.physical = {frame | (address.value & (page_bytes - 1))};
  result.global = entry & pte::global;
  result.dirty = entry & pte::dirty;
  result.outcome = WalkResult::Outcome::mapped;
}

/// Levels `top`..1 of eight-byte entries: 5- and 4-level paging, and the lower two levels of PAE paging.
void walk_wide(const PhysicalMemory& ram, const PagingState& paging, Gva address, Gpa table, unsigned top,
               bool long_mode, WalkResult& result) {
  for (unsigned level = top;; --level) {
    const u16 index = address.value >> (12 + 9 * (level - 1)) & 511;
    const Gpa entry_at = table + index * 8;
    if (!ram.contains(entry_at, 8)) {
      add_step(result, level, index, entry_at, ~u64{0});
      return finish(result, WalkResult::Outcome::bad_table);
    }
    const u64 entry = read_entry(ram, entry_at, 8);
    add_step(result, level, index, entry_at, entry);
    if (!(entry & pte::present)) return finish(result, WalkResult::Outcome::not_present);
    if (entry & reserved_bits(paging, level, entry, long_mode))
      return finish(result, WalkResult::Outcome::reserved_bit);
    result.writable = result.writable && (entry & pte::writable);
    result.user = result.user && (entry & pte::user);
    result.no_execute = result.no_execute || (entry & pte::no_execute);
    if (level == 1 || (level <= 3 && (entry & pte::large))) {
      const u64 bytes = page_bytes_at(level);
      return map(result, entry, entry & address_mask & ~(bytes - 1), bytes, address);
    }
    table = {entry & address_mask};
  }
}

/// PAE paging: four PDPTEs, held in registers and without permission bits, then two wide levels.
void walk_pae(const PhysicalMemory& ram, const PagingState& paging, Gva address, WalkResult& result) {
  const u16 index = address.value >> 30 & 3;
  const Gpa entry_at = pdpt_at(paging.cr3) + index * 8;
  const u64 entry = paging.pdpte[index];
  add_step(result, 3, index, entry_at, entry);
  if (!(entry & pte::present)) return finish(result, WalkResult::Outcome::not_present);
  return walk_wide(ram, paging, address, {entry & address_mask}, 2, false, result);
}

/// 32-bit paging: ten bits per level, four-byte entries, 4 MiB pages when CR4.PSE.
void walk_narrow(const PhysicalMemory& ram, const PagingState& paging, Gva address, WalkResult& result) {
  Gpa table = {paging.cr3 & 0xfffff000};
  for (unsigned level = 2;; --level) {
    const u16 index = address.value >> (level == 2 ? 22 : 12) & 1023;
    const Gpa entry_at = table + index * 4;
    if (!ram.contains(entry_at, 4)) {
      add_step(result, level, index, entry_at, ~u64{0});
      return finish(result, WalkResult::Outcome::bad_table);
    }
    const u64 entry = read_entry(ram, entry_at, 4);
    add_step(result, level, index, entry_at, entry);
    if (!(entry & pte::present)) return finish(result, WalkResult::Outcome::not_present);
    result.writable = result.writable && (entry & pte::writable);
    result.user = result.user && (entry & pte::user);
    if (level == 2 && (entry & pte::large) && (paging.cr4 & cr4_pse)) {
      if (entry >> 21 & 1) return finish(result, WalkResult::Outcome::reserved_bit);
      const u64 frame = (entry & 0xffc00000) | (entry >> 13 & 0xff) << 32;  // PSE-36
      return map(result, entry, frame, u64{4} << 20, address);
    }
    if (level == 1) return map(result, entry, entry & 0xfffff000, page_size, address);
    table = {entry & 0xfffff000};
  }
}

}  // namespace

WalkResult walk(const PhysicalMemory& ram, const PagingState& paging, Gva address) {
  WalkResult result;
  result.writable = result.user = true;
  if (!paging.enabled()) {
    map(result, pte::dirty, address.page().value, page_size, address);
  } else if (paging.long_mode()) {
    const unsigned bits = paging.linear_bits();
    if (canonical(address.value, bits))
      walk_wide(ram, paging, address, {paging.cr3 & address_mask}, bits == 57 ? 5 : 4, true, result);
    else
      finish(result, WalkResult::Outcome::not_canonical);
  } else if (paging.cr4 & cr4_pae) {
    walk_pae(ram, paging, address, result);
  } else {
    walk_narrow(ram, paging, address, result);
  }
  return result;
}

/// P, PWT, PCD and three bits for software; the rest is the address, or must be zero (SDM vol. 3, table 4-8).
bool load_pdptes(const PhysicalMemory& ram, u64 cr3, std::array<u64, 4>& out) {
  constexpr u64 reserved = ~(address_mask | 0xe19);
  const Gpa at = pdpt_at(cr3);
  for (unsigned i = 0; i < out.size(); ++i) {
    const u64 entry = ram.contains(at + i * 8, 8) ? read_entry(ram, at + i * 8, 8) : ~u64{0};
    if ((entry & pte::present) && (entry & reserved)) return false;
    out[i] = entry;
  }
  return true;
}

}  // namespace lucid::mem
