// SPDX-License-Identifier: MIT
// The one page walk (SDM vol. 3, ch. 4): a pure function of RAM and control registers. The MMU
// calls it on a TLB miss and then sets A and D itself; views and the debugger call it to look.
#pragma once
#include <array>

#include "core/base/types.h"
#include "core/mem/physical_memory.h"

namespace lucid::mem {

/// The registers that decide how addresses translate.
struct PagingState {
  u64 cr0 = 0, cr3 = 0, cr4 = 0, efer = 0;
  std::array<u64, 4> pdpte{};  // the PDPTE registers of PAE paging, loaded with CR3 (SDM vol. 3, 4.4.1)

  bool enabled() const { return cr0 >> 31 & 1; }
  bool long_mode() const { return efer >> 10 & 1; }
  bool pae_paging() const { return enabled() && (cr4 >> 5 & 1) && !long_mode(); }
  /// Linear addresses in long mode are copies of the topmost of these bits above it.
  unsigned linear_bits() const { return cr4 >> 12 & 1 ? 57 : 48; }
};

constexpr bool canonical(u64 address, unsigned bits) {
  return static_cast<u64>(static_cast<i64>(address << (64 - bits)) >> (64 - bits)) == address;
}

/// Bits of an entry that the walk looks at.
namespace pte {
constexpr u64 present = 1, writable = 2, user = 4, write_through = 8, cache_disable = 16, accessed = 32, dirty = 64,
              large = 128, global = 256, no_execute = u64{1} << 63;
}

struct WalkStep {
  u8 level = 0;   // 5 = PML5E, 4 = PML4E, 3 = PDPTE, 2 = PDE, 1 = PTE
  u16 index = 0;  // into the table
  Gpa entry_at;
  u64 entry = 0;
};

struct WalkResult {
  enum class Outcome : u8 {
    mapped,
    not_present,    // the last step's entry has P = 0
    reserved_bit,   // the last step's entry has a reserved bit set
    bad_table,      // a table lies outside RAM (reads as all ones)
    not_canonical,  // no walk takes place: #GP or #SS
  };
  Outcome outcome = Outcome::not_present;
  std::array<WalkStep, 5> steps;
  u8 step_count = 0;
  // When mapped:
  Gpa physical;        // of the address asked for
  u64 page_bytes = 0;  // 4 KiB, 2 MiB, 4 MiB or 1 GiB (and for paging off: 4 KiB, identity, no steps)
  bool writable = false, user = false, no_execute = false;  // combined over all levels
  bool global = false, dirty = false;                       // of the last
};

WalkResult walk(const PhysicalMemory& ram, const PagingState& paging, Gva address);

/// The PDPTE registers that CR3 stands for. False = a present one has a reserved bit set.
bool load_pdptes(const PhysicalMemory& ram, u64 cr3, std::array<u64, 4>& out);

}  // namespace lucid::mem
