// SPDX-License-Identifier: MIT
// Visits what a process's page tables map, straight from RAM. The tables may be corrupt (loops,
// frames outside RAM): work is bounded by a budget of entries looked at.
#pragma once
#include <functional>

#include "core/base/types.h"
#include "core/mem/physical_memory.h"
#include "core/mem/walk.h"

namespace lucid::inspect {

struct MappedPage {
  Gva address;
  Gpa physical;
  u64 bytes = page_size;                                    // 4 KiB, 2 MiB or 1 GiB
  bool writable = false, user = false, no_execute = false;  // combined over the levels
  bool accessed = false, dirty = false;
};

/// End of the user half with the paging mode of `paging` (4 or 5 levels).
u64 user_half_end(const mem::PagingState& paging);

using PageVisit = std::function<void(const MappedPage&)>;
/// An entry of a last table that is not present and not zero: the kernel's note on a page.
using AbsentVisit = std::function<void(Gva page, u64 entry)>;

/// Calls `visit` for every present leaf that overlaps [start, end), in ascending order, and `absent` (if any)
/// for what is only noted. Needs long mode paging; does nothing otherwise.
void visit_pages(const mem::PhysicalMemory& ram, const mem::PagingState& paging, Gva start, u64 end,
                 const PageVisit& visit, const AbsentVisit& absent = nullptr);

}  // namespace lucid::inspect
