// SPDX-License-Identifier: MIT
#include "core/inspect/page_tables.h"

#include <algorithm>
#include <cstring>

namespace lucid::inspect {
namespace {

constexpr u64 frame_bits = 0x000f'ffff'ffff'f000;
constexpr u64 lma = u64{1} << 10;   // IA32_EFER.LMA
constexpr u64 la57 = u64{1} << 12;  // CR4.LA57

struct Rights {
  bool writable = true, user = true, no_execute = false;
};

struct Visitor {
  const mem::PhysicalMemory& ram;
  const PageVisit& visit;
  const AbsentVisit& absent;
  u64 start, end;  // end exclusive
  u64 budget;      // entries still to be looked at

  /// `level` 1 is the page table; `base` is the first address the table covers.
  void table(Gpa at, unsigned level, u64 base, Rights above) {
    const unsigned shift = 12 + 9 * (level - 1);
    const u64 span = u64{1} << shift;
    u64 entries[512];
    if (!ram.read(at, {reinterpret_cast<u8*>(entries), sizeof entries})) return;
    const u64 first = start > base ? (start - base) >> shift : 0;
    for (u64 index = first; index < 512 && budget > 0; ++index) {
      const u64 address = base + index * span;
      if (address >= end) return;
      --budget;
      const u64 entry = entries[index];
      if (entry & mem::pte::present)
        one(entry, level, address, span, above);
      else if (level == 1 && entry != 0 && absent)
        absent(Gva{address}, entry);
    }
  }

  void one(u64 entry, unsigned level, u64 address, u64 span, Rights rights) {
    rights.writable &= (entry & mem::pte::writable) != 0;
    rights.user &= (entry & mem::pte::user) != 0;
    rights.no_execute |= (entry & mem::pte::no_execute) != 0;
    const bool leaf = level == 1 || (level <= 3 && (entry & mem::pte::large));
    if (!leaf) return table(Gpa{entry & frame_bits}, level - 1, address, rights);
    visit({Gva{address}, Gpa{entry & frame_bits & ~(span - 1)}, span, rights.writable, rights.user, rights.no_execute,
           (entry & mem::pte::accessed) != 0, (entry & mem::pte::dirty) != 0});
  }
};

unsigned levels(const mem::PagingState& paging) { return paging.cr4 & la57 ? 5 : 4; }

}  // namespace

u64 user_half_end(const mem::PagingState& paging) { return u64{1} << (11 + 9 * levels(paging)); }

void visit_pages(const mem::PhysicalMemory& ram, const mem::PagingState& paging, Gva start, u64 end,
                 const PageVisit& visit, const AbsentVisit& absent) {
  if (!paging.enabled() || !(paging.efer & lma)) return;
  end = std::min(end, user_half_end(paging));
  if (start.value >= end) return;
  Visitor visitor{ram, visit, absent, start.value, end, 4 * ram.frame_count() + 16 * 512};
  visitor.table(Gpa{paging.cr3 & frame_bits}, levels(paging), 0, {});
}

}  // namespace lucid::inspect
