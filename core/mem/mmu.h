// SPDX-License-Identifier: MIT
// The memory management unit: turns linear addresses into physical ones with the checks and the
// A/D updates that the walk asks for, keeps the TLBs, and remembers which frames hold decoded code.
//
// Contract: whoever changes CR0, CR3, CR4, EFER, or RFLAGS.AC under SMAP calls set_paging or a
// flush; whoever changes CPL calls set_privilege.
#pragma once
#include <vector>

#include "core/mem/tlb.h"
#include "core/mem/walk.h"

namespace lucid::mem {

enum class Privilege : u8 { supervisor, user };

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

class Mmu {
 public:
  explicit Mmu(PhysicalMemory& ram);

  PhysicalMemory& ram() { return ram_; }

  /// The TLB of the present privilege; stable until set_privilege.
  Tlb& current() { return *current_; }
  void set_privilege(Privilege privilege) { current_ = &tlb_[static_cast<unsigned>(privilege)]; }

  void set_paging(const PagingState& paging);  // flushes what must be flushed; all but global for a new CR3
  const PagingState& paging() const { return paging_; }
  void flush_all();
  void flush_page(Gva address);  // INVLPG
  /// RFLAGS.AC as SMAP sees it: set = supervisor data accesses to user pages are allowed.
  void set_alignment_check(bool ac);
  /// While watched, data accesses never hit the TLB, so that each one can be recorded.
  void set_watched(bool watched);

  /// Translates one byte's address, sets A and D, fills the TLB.
  Translation translate(Gva address, Access access, Privilege privilege);

  // --- frames that hold decoded code ---
  /// A set of 64-byte lines of a frame, bit i = line i.
  void add_code(Gpa first, u64 length);          // within one frame
  bool holds_code(Gpa first, u64 length) const;  // within one frame
  void forget_code(u64 frame);

 private:
  Translation fault(const WalkResult& walk, Access access, Privilege privilege) const;
  bool allowed(const WalkResult& walk, Access access, Privilege privilege) const;
  void mark_used(const WalkResult& walk, bool dirty);
  void fill(Gva address, const WalkResult& walk, Access access, Privilege privilege);

  void renew_epochs();

  PhysicalMemory& ram_;
  PagingState paging_;
  u64 last_epoch_ = 0;
  Tlb tlb_[2];
  Tlb* current_ = &tlb_[0];
  bool alignment_check_ = false;
  bool watched_ = false;
  std::vector<u64> code_lines_;  // by frame
};

}  // namespace lucid::mem
