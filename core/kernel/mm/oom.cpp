// SPDX-License-Identifier: MIT
#include "core/kernel/mm/oom.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/mm/swap.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {
namespace {

constexpr u64 patience = 1'000'000;      // ns between two looks whether the victim is gone
constexpr u32 most_patience = 200;       // looks until another one is chosen
constexpr i32 least_adjustment = -1000;  // never kill

WaitQueue waiting;  // nobody wakes it: the time does
u32 waited;

const AddressSpace* memory_of(const ThreadGroup& group) {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group.get() == &group && t->memory) return t->memory.get();
  return nullptr;
}

u64 pages_of(const AddressSpace& space) {
  u64 tables = 0;
  for (u64 table = space.root; table; table = frames[table].next) tables++;
  return space.resident + space.swapped + tables;
}

u64 all_pages() { return usable_frames() + swap_totals().slots; }

/// In pages, so that small ones differ, too.
i64 badness(const ThreadGroup& group) {
  const AddressSpace* space = memory_of(group);
  if (!space || group.id == 1 || group.oom_adjustment == least_adjustment) return 0;
  i64 points = static_cast<i64>(pages_of(*space)) + group.oom_adjustment * static_cast<i64>(all_pages()) / 1000;
  return max<i64>(points, 1);
}

ThreadGroup* worst(bool dying) {
  ThreadGroup* found = nullptr;
  i64 most = 0;
  for (Task* t = task_list; t; t = t->next_task) {
    if (!t->is_leader() || (t->group->killed_for_memory != dying)) continue;
    i64 points = badness(*t->group);
    if (points > most) found = t->group.get(), most = points;
  }
  return found;
}

void kill(ThreadGroup& victim) {
  const AddressSpace& space = *memory_of(victim);
  log_always("Out of memory: Killed process %u (%s) total-vm:%lukB, rss:%lukB, swap:%lukB, oom_score_adj:%d", victim.id,
             victim.leader->name, space.mapped_bytes() / 1024, space.resident * page_size / 1024,
             space.swapped * page_size / 1024, victim.oom_adjustment);
  trace(Trace::out_of_memory, victim.id, space.resident, space.swapped, free_frames());
  victim.killed_for_memory = true;
  reclaim_totals.killed++;
  waited = 0;
  SignalInfo info;
  info.number = sig::KILL;
  info.code = sig::from_kernel;
  send_signal(victim, info);
}

}  // namespace

u64 oom_score(const ThreadGroup& group) {
  i64 points = badness(group);
  return points <= 0 ? 0 : static_cast<u64>(points) * 1000 / all_pages();
}

void kill_for_memory() {
  bool wait_more = worst(true) && waited++ < most_patience;
  ThreadGroup* victim = wait_more ? nullptr : worst(false);
  if (!wait_more && !victim && !worst(true)) panic("Out of memory and no killable processes...");
  if (victim) kill(*victim);
  if (victim == current->group.get()) return;
  current->uninterruptible = true;
  (void)sleep_on(waiting, WaitReason::other, nanoseconds_since_boot() + patience);
  current->uninterruptible = false;
}

}  // namespace lucid::kernel
