// SPDX-License-Identifier: MIT
// The translation look-aside buffer: direct-mapped, with separate tags for read, write and fetch,
// so that a hit is one compare and one add and needs no permission check.
//
// An entry is present only while every access of its kind to the page is allowed and has nothing
// else to do: A (and for writes D) is set, the frame is RAM, and a frame with a write entry holds
// no decoded code. Everything else goes the slow way through Mmu.
#pragma once
#include <array>
#include <vector>

#include "core/base/types.h"
#include "core/mem/cached_page.h"

namespace lucid::mem {

enum class Access : u8 { read, write, fetch };

struct TlbEntry {
  static constexpr u64 no_page = 1;  // never equal to a page address
  u64 tag = no_page;                 // virtual page address
  std::uintptr_t addend = 0;         // host address = virtual address + addend
};

/// The entries of one privilege level: supervisor or user.
struct Tlb {
  static constexpr unsigned entries = 1024;

  static constexpr unsigned slot(u64 address) { return address / page_size % entries; }

  std::array<TlbEntry, entries> read, write, fetch;
  /// Changes whenever a fetch entry may have been dropped; never the same for two Tlbs.
  u64 epoch = 0;

  std::array<TlbEntry, entries>& of(Access access) {
    return access == Access::read ? read : access == Access::write ? write : fetch;
  }

  void fill(Access access, u64 page, std::uintptr_t addend, bool global);
  void flush(bool keep_global);  // the owner then gives a new epoch
  void flush_page(u64 page);
  /// Removes write entries that lead to the page at host address `host`.
  void forbid_writes(std::uintptr_t host);
  void forget_writes();  // all of them
  /// Adds the present entries; `ram` is the host address of physical 0.
  void list(std::uintptr_t ram, bool user, std::vector<CachedPage>& out) const;

 private:
  std::array<bool, entries> used_{};    // slot is in used_slots_
  std::array<bool, entries> global_{};  // all present entries of the slot are global
  std::vector<u16> used_slots_;         // so that a flush touches only what is there
};

}  // namespace lucid::mem
