// SPDX-License-Identifier: MIT
// A policy shares the processor among the tasks that are not real-time: in which order they run, for how
// long, and who may push whom aside. One file per policy; the switching itself is in proc/sched.cpp.
#pragma once
#include "core/kernel/sched/run_queue.h"

namespace lucid::kernel {

/// Why a task comes to the run queue.
enum class Arrival {
  created,
  woken,
  slice_ended,
  yielded,
  outranked,  // pushed aside in the middle of its slice
  moved,      // taken out and put back: the policy or a priority changed
};

class Policy {
 public:
  constexpr explicit Policy(const char* name) : name(name) {}
  virtual void enqueue(RunQueue& queue, Task& task, Arrival why) const = 0;
  /// Who of the queue's shared part is next; there is at least one. It stays in the queue.
  virtual Task& choose(const RunQueue& queue) const { return *queue.first_shared(); }
  /// How long the running task may go on while others wait, from the beginning of its slice: nanoseconds,
  /// 0 = as long as it likes. The slice ends at the first tick at or after that.
  virtual u64 slice(const Task& running, const RunQueue& waiting) const = 0;
  /// Does the policy want to hear what a task has used?
  virtual bool counts_use() const { return false; }
  /// The running task has used `ns` more.
  virtual void charge(Task& running, const RunQueue& waiting, u64 ns) const {}
  /// The running task goes to sleep or ends.
  virtual void left(Task& task, const RunQueue& waiting) const {}
  /// Does a task that just became ready take the processor at once?
  virtual bool outranks(const Task& woken, const Task& running) const { return false; }
  /// Do ticks and real-time tasks take the processor away from the running task at all?
  virtual bool preemptive() const { return true; }
  const char* const name;
};

extern const Policy &round_robin_policy, &target_latency_policy, &fair_policy, &eevdf_policy, &cooperative_policy;
constexpr u32 policy_count = 5;
extern const Policy* const policies[policy_count];

}  // namespace lucid::kernel
