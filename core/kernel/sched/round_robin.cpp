// SPDX-License-Identifier: MIT
// Fixed slices in turn: who has had its slice goes to the end of the queue, and so does who wakes.
#include "core/kernel/sched/policy.h"
#include "core/kernel/sched/settings.h"

namespace lucid::kernel {
namespace {

class RoundRobin : public Policy {
 public:
  using Policy::Policy;
  void enqueue(RunQueue& queue, Task& task, Arrival why) const override {
    if (why == Arrival::outranked)
      queue.insert_first(task);
    else
      queue.insert_last(task);
  }
  u64 slice(const Task&, const RunQueue&) const override { return sched_settings.slice; }
};
const RoundRobin policy("rr");

}  // namespace
const Policy& round_robin_policy = policy;
}  // namespace lucid::kernel
