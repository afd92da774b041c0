// SPDX-License-Identifier: MIT
// No preemption: a task runs until it yields, blocks or exits, however long the others wait.
#include "core/kernel/sched/policy.h"

namespace lucid::kernel {
namespace {

class Cooperative : public Policy {
 public:
  using Policy::Policy;
  void enqueue(RunQueue& queue, Task& task, Arrival) const override { queue.insert_last(task); }
  u64 slice(const Task&, const RunQueue&) const override { return 0; }
  bool preemptive() const override { return false; }
};
const Cooperative policy("coop");

}  // namespace
const Policy& cooperative_policy = policy;
}  // namespace lucid::kernel
