// SPDX-License-Identifier: MIT
#include "core/mem/mmu.h"

#include <cstring>

namespace lucid::mem {
namespace {

constexpr u64 cr0_wp = 1 << 16;
constexpr u64 cr4_pae = 1 << 5, cr4_pge = 1 << 7, cr4_smep = 1 << 20, cr4_smap = 1 << 21;
constexpr u64 efer_nxe = 1 << 11;

u64 line_mask(Gpa first, u64 length) {
  const unsigned low = first.page_offset() / 64;
  const unsigned high = (first.page_offset() + length - 1) / 64;
  return (~u64{0} << low) & (~u64{0} >> (63 - high));
}

/// The first step of PAE paging reads a register, not memory.
bool in_register(const WalkResult& walk, unsigned i) { return i == 0 && walk.steps[0].level == 3; }

}  // namespace

Mmu::Mmu(PhysicalMemory& ram) : ram_(ram), code_lines_(ram.frame_count()), table_lines_(ram.frame_count()) {
  renew_epochs();
}

void Mmu::renew_epochs() {
  for (Tlb& tlb : tlb_) tlb.epoch = ++last_epoch_;
  always_misses_.epoch = ++last_epoch_;
}

void Mmu::set_paging(const PagingState& paging) {
  const bool only_cr3 = paging.cr0 == paging_.cr0 && paging.cr4 == paging_.cr4 && paging.efer == paging_.efer;
  paging_ = paging;
  const bool keep_global = only_cr3 && (paging.cr4 & cr4_pge);
  for (Tlb& tlb : tlb_) tlb.flush(keep_global);
  if (!keep_global) forget_tables();
  renew_epochs();
}

void Mmu::flush_all() {
  for (Tlb& tlb : tlb_) tlb.flush(false);
  forget_tables();
  renew_epochs();
}

void Mmu::flush_page(Gva address) {
  for (Tlb& tlb : tlb_) tlb.flush_page(address.page().value);
  renew_epochs();
}

void Mmu::set_alignment_check(bool ac) {
  if (ac == alignment_check_) return;
  alignment_check_ = ac;
  choose_tlb();
}

void Mmu::set_watched(bool watched) {
  watched_ = watched;
  flush_all();
}

void Mmu::set_watches(std::span<const WatchRange> ranges) {
  watches_.assign(ranges.begin(), ranges.end());
  flush_all();
}

/// The write entry of a page serves read-modify-writes, too.
bool Mmu::page_is_watched(Gva address, Gpa physical, Access access) const {
  for (const WatchRange& range : watches_) {
    if (!range.wants(access) && !(access == Access::write && range.reads)) continue;
    const u64 page = range.space == WatchRange::Space::linear ? address.page().value : physical.page().value;
    if (range.meets(page, page_size)) return true;
  }
  return false;
}

void Mmu::forget_writes() {
  for (Tlb& tlb : tlb_) tlb.forget_writes();
}

Translation Mmu::translate(Gva address, Access access, Privilege privilege) {
  const WalkResult result = walk(ram_, paging_, address);
  if (result.outcome == WalkResult::Outcome::not_canonical) return {Translation::Outcome::not_canonical, {}, 0};
  if (result.outcome != WalkResult::Outcome::mapped || !allowed(result, access, privilege)) {
    return fault(result, access, privilege);
  }
  if (result.step_count != 0) mark_used(result, access == Access::write);
  if (access == Access::write && ram_.contains(result.physical, 1)) ram_.touch(result.physical.frame_number());
  fill(address, result, access, privilege);
  return {Translation::Outcome::ok, result.physical, 0};
}

/// SDM vol. 3, 4.6.1: determination of access rights.
bool Mmu::allowed(const WalkResult& walk, Access access, Privilege privilege) const {
  if (!paging_.enabled()) return true;
  const bool supervisor = privilege != Privilege::user;
  if (!supervisor && !walk.user) return false;
  if (access == Access::fetch) return !walk.no_execute && !(supervisor && walk.user && (paging_.cr4 & cr4_smep));
  const bool excused = alignment_check_ && privilege != Privilege::implicit;
  if (supervisor && walk.user && (paging_.cr4 & cr4_smap) && !excused) return false;
  if (access == Access::write && !walk.writable) return supervisor && !(paging_.cr0 & cr0_wp);
  return true;
}

/// A table outside RAM reads as all ones: a present entry with reserved bits set.
Translation Mmu::fault(const WalkResult& walk, Access access, Privilege privilege) const {
  u32 code = 0;
  if (walk.outcome != WalkResult::Outcome::not_present) code |= fault::protection;
  if (walk.outcome == WalkResult::Outcome::reserved_bit || walk.outcome == WalkResult::Outcome::bad_table) {
    code |= fault::reserved;
  }
  if (access == Access::write) code |= fault::write;
  if (privilege == Privilege::user) code |= fault::user;
  const bool nx = (paging_.efer & efer_nxe) && (paging_.cr4 & cr4_pae);
  if (access == Access::fetch && (nx || (paging_.cr4 & cr4_smep))) code |= fault::fetch;
  return {Translation::Outcome::page_fault, {}, code};
}

void Mmu::mark_used(const WalkResult& walk, bool dirty) {
  for (unsigned i = 0; i < walk.step_count; ++i) {
    const WalkStep& step = walk.steps[i];
    const bool leaf = i + 1u == walk.step_count;
    if (in_register(walk, i)) continue;  // PDPTEs of PAE paging have no A bit
    const u8 wanted = static_cast<u8>(pte::accessed | (leaf && dirty ? pte::dirty : 0));
    if ((step.entry & wanted) == wanted) continue;
    ram_.data()[step.entry_at.value] |= wanted;
    ram_.touch(step.entry_at.frame_number());
    if (holds_code(step.entry_at, 1) && listener_ != nullptr) listener_->code_written(step.entry_at.frame_number());
    if (!watches_.empty() && listener_ != nullptr) listener_->entry_marked(step.entry_at);
  }
}

void Mmu::fill(Gva address, const WalkResult& walk, Access access, Privilege privilege) {
  if (!ram_.contains(walk.physical.page(), page_size)) return;
  if (watched_ && access != Access::fetch) return;
  // With SMAP the answer for a user page depends on AC, which a kernel sets and clears around each copy.
  if (privilege != Privilege::user && walk.user && (paging_.cr4 & cr4_smap)) return;
  if (!watches_.empty() && access != Access::fetch && page_is_watched(address, walk.physical, access)) return;
  add_tables(walk);
  const u64 frame = walk.physical.frame_number();
  if (access == Access::write && (code_lines_[frame] | table_lines_[frame]) != 0) return;
  const auto host = reinterpret_cast<std::uintptr_t>(ram_.data() + walk.physical.page().value);
  const u64 page = address.page().value;
  const bool global = walk.global && (paging_.cr4 & cr4_pge);
  tlb_of(privilege).fill(access, page, host - static_cast<std::uintptr_t>(page), global);
}

void Mmu::add_code(Gpa first, u64 length) {
  u64& lines = code_lines_[first.frame_number()];
  if (lines == 0) forbid_writes(first);
  lines |= line_mask(first, length);
}

void Mmu::forbid_writes(Gpa frame) {
  const auto host = reinterpret_cast<std::uintptr_t>(ram_.data() + frame.page().value);
  for (Tlb& tlb : tlb_) tlb.forbid_writes(host);
}

bool Mmu::holds_code(Gpa first, u64 length) const {
  return ram_.contains(first, length) && (code_lines_[first.frame_number()] & line_mask(first, length)) != 0;
}

void Mmu::forget_code(u64 frame) { code_lines_[frame] = 0; }

void Mmu::add_tables(const WalkResult& walk) {
  for (unsigned i = 0; i < walk.step_count; ++i) {
    if (in_register(walk, i)) continue;
    const Gpa at = walk.steps[i].entry_at;
    u64& lines = table_lines_[at.frame_number()];
    if (lines == 0) {
      forbid_writes(at);
      table_frames_.push_back(at.frame_number());
    }
    lines |= line_mask(at, 1);
  }
}

void Mmu::forget_tables() {
  for (const u64 frame : table_frames_) table_lines_[frame] = 0;
  table_frames_.clear();
  harmless_table_writes_ = 0;
}

/// Only entries that were present can have been cached. A frame that was a table once and holds
/// something else now stays slow to write until the next full flush: see to it that there is one.
bool Mmu::changes_tables(Gpa first, u64 length) {
  constexpr unsigned many = 256;
  constexpr u64 present_bits = pte::present | pte::present << 32;  // of an 8-byte or two 4-byte entries
  if (!ram_.contains(first, length)) return false;
  const u64 lines = table_lines_[first.frame_number()];
  if (lines == 0) return false;
  if ((lines & line_mask(first, length)) != 0) {
    for (u64 at = first.value & ~u64{7}; at < first.value + length; at += 8) {
      u64 old;
      std::memcpy(&old, ram_.data() + at, 8);
      if (old & present_bits) return true;
    }
  }
  return ++harmless_table_writes_ >= many;
}

std::vector<CachedPage> Mmu::cached() const {
  std::vector<CachedPage> all;
  const auto ram = reinterpret_cast<std::uintptr_t>(ram_.data());
  tlb_[static_cast<unsigned>(Privilege::supervisor)].list(ram, false, all);
  tlb_[static_cast<unsigned>(Privilege::user)].list(ram, true, all);
  return all;
}

}  // namespace lucid::mem
