// SPDX-License-Identifier: MIT
// Emptying the swap area: every page that lies there comes back to where its number is held. Page by page,
// and anew after each one that had to be read, since everything may have changed meanwhile.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/fs/page_cache.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/mm/swap.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {
namespace {

struct Found {
  u64 address = 0;
  u32 slot = 0;
};

Found find_swapped(const AddressSpace& space) {
  Found found;
  for_each_page(space.root, 0, user_end, [&](u64 address, u64* entry) {
    if (!found.slot && pte::swapped(*entry)) found = {address, pte::slot(*entry)};
  });
  return found;
}

/// Nobody else's memory: the pages come back one by one, readable; writing has its own fault.
Status empty_space(AddressSpace& space) {
  while (space.swapped) {
    if (fatal_signal_pending(*current)) return Errno::INTR;
    make_room();
    Found found = find_swapped(space);
    if (!found.slot) return {};
    if (cached_frame(found.slot))
      space.take_back(found.address);
    else
      TRY(fetch_slot(found.slot));
  }
  return {};
}

Ref<AddressSpace> some_space() {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->memory && t->memory->swapped) return t->memory;
  return nullptr;
}

}  // namespace

Status empty_swap_area() {
  static WaitQueue a_while;
  constexpr u64 breath = 1'000'000;  // ns
  while (swap_totals().free < swap_totals().slots) {
    if (Ref<AddressSpace> space = some_space())
      TRY(empty_space(*space));
    else if (PageCache* cache = swapped_caches())
      TRY(cache->take_back());
    else
      shed_swap_cache();
    if (fatal_signal_pending(*current)) return Errno::INTR;
    // What is left belongs to a program that is just being started, or is being written or read.
    if (!some_space() && !swapped_caches() && swap_totals().free < swap_totals().slots)
      (void)sleep_on(a_while, WaitReason::disk, nanoseconds_since_boot() + breath);
  }
  return {};
}

}  // namespace lucid::kernel
