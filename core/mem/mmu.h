// SPDX-License-Identifier: MIT
// The memory management unit: turns linear addresses into physical ones with the checks and the
// A/D updates that the walk asks for, keeps the TLBs, and remembers which frames hold decoded code.
//
// The TLBs never hold what the tables do not say any more: a store to an entry that was walked
// flushes them. Real processors wait for INVLPG; here a run must not depend on where it was stopped,
// snapshotted or looked at.
//
// Contract: whoever changes CR0, CR3, CR4, EFER, or RFLAGS.AC under SMAP calls set_paging or a
// flush; whoever changes CPL calls set_privilege.
#pragma once
#include <span>
#include <vector>

#include "core/mem/tlb.h"
#include "core/mem/walk.h"
#include "core/mem/watch.h"

namespace lucid::mem {

enum class Privilege : u8 {
  supervisor,
  user,
  implicit,  // the processor's own accesses to GDT, IDT, LDT and TSS: supervisor, and for SMAP whatever RFLAGS.AC says
};

/// Bits of the page-fault error code (SDM vol. 3, figure 4-12).
namespace fault {
constexpr u32 protection = 1, write = 2, user = 4, reserved = 8, fetch = 16;
}

struct Translation {
  enum class Outcome : u8 { ok, page_fault, not_canonical };
  Outcome outcome = Outcome::ok;
  Gpa physical;
  u32 error_code = 0;  // of the page fault
  bool ok() const { return outcome == Outcome::ok; }
};

/// Told when a walk's A and D bits change bytes that somebody depends on.
class WalkListener {
 public:
  virtual void code_written(u64 frame) = 0;  // they were decoded as code
  virtual void entry_marked(Gpa entry) = 0;  // only while ranges are watched

 protected:
  ~WalkListener() = default;
};

class Mmu {
 public:
  explicit Mmu(PhysicalMemory& ram);
  void set_listener(WalkListener& listener) { listener_ = &listener; }

  PhysicalMemory& ram() { return ram_; }

  /// The TLB of the present privilege; stable until set_privilege or set_alignment_check.
  Tlb& current() { return *current_; }
  void set_privilege(Privilege privilege) {
    privilege_ = privilege;
    choose_tlb();
  }
  /// CR0.AM, RFLAGS.AC and CPL 3: accesses must be aligned (SDM vol. 3, 6.15, #AC). Data accesses
  /// miss the present TLB then, so that the slow path looks at each.
  bool checks_alignment() const { return alignment_check_ && (paging_.cr0 >> 18 & 1) && privilege_ == Privilege::user; }

  void set_paging(const PagingState& paging);  // flushes what must be flushed; all but global for a new CR3
  const PagingState& paging() const { return paging_; }
  void flush_all();
  void flush_page(Gva address);  // INVLPG
  /// RFLAGS.AC. As SMAP sees it: set = supervisor data accesses to user pages are allowed. The
  /// present TLB may be another one afterwards.
  void set_alignment_check(bool ac);
  /// While watched, data accesses never hit the TLB, so that each one can be recorded.
  void set_watched(bool watched);
  /// Accesses that these ranges want never hit the TLB. (A read-modify-write is one of both kinds.)
  void set_watches(std::span<const WatchRange> ranges);
  const std::vector<WatchRange>& watches() const { return watches_; }
  /// The next write to any page goes the slow way again and tells PhysicalMemory::touch.
  void forget_writes();

  /// What both TLBs hold.
  std::vector<CachedPage> cached() const;

  /// Translates one byte's address, sets A and D, fills the TLB.
  Translation translate(Gva address, Access access, Privilege privilege);

  // --- frames that hold decoded code ---
  /// A set of 64-byte lines of a frame, bit i = line i.
  void add_code(Gpa first, u64 length);          // within one frame
  bool holds_code(Gpa first, u64 length) const;  // within one frame
  void forget_code(u64 frame);

  // --- frames that hold page tables in use ---
  /// A store to this piece of RAM (within one frame) is about to happen: true = it changes what the
  /// TLBs may hold, and changed_tables() is due after it.
  bool changes_tables(Gpa first, u64 length);
  void changed_tables() { flush_all(); }

 private:
  Translation fault(const WalkResult& walk, Access access, Privilege privilege) const;
  bool allowed(const WalkResult& walk, Access access, Privilege privilege) const;
  void mark_used(const WalkResult& walk, bool dirty);
  void fill(Gva address, const WalkResult& walk, Access access, Privilege privilege);
  bool page_is_watched(Gva address, Gpa physical, Access access) const;

  void add_tables(const WalkResult& walk);
  void forget_tables();
  void forbid_writes(Gpa frame);
  void renew_epochs();
  Tlb& tlb_of(Privilege privilege) { return tlb_[privilege == Privilege::user]; }
  void choose_tlb() { current_ = checks_alignment() ? &always_misses_ : &tlb_of(privilege_); }

  PhysicalMemory& ram_;
  PagingState paging_;
  u64 last_epoch_ = 0;
  Tlb tlb_[2];         // of supervisor and user accesses
  Tlb always_misses_;  // never filled
  Tlb* current_ = &tlb_[0];
  Privilege privilege_ = Privilege::supervisor;
  bool alignment_check_ = false;
  bool watched_ = false;
  std::vector<WatchRange> watches_;
  std::vector<u64> code_lines_;   // by frame
  std::vector<u64> table_lines_;  // by frame: 64-byte lines with entries that a TLB depends on
  std::vector<u64> table_frames_;
  unsigned harmless_table_writes_ = 0;  // since the last full flush
  WalkListener* listener_ = nullptr;
};

}  // namespace lucid::mem
