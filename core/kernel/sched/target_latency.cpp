// SPDX-License-Identifier: MIT
// Round robin with slices that depend on how many share the processor: everyone's turn comes again within
// the target latency, unless slices would get shorter than the minimum granularity.
//
//   N tasks:  slice = max(latency / N, granularity);  a task waits (N - 1) · slice
#include "core/kernel/sched/policy.h"
#include "core/kernel/sched/settings.h"

namespace lucid::kernel {
namespace {

class TargetLatency : public Policy {
 public:
  using Policy::Policy;
  void enqueue(RunQueue& queue, Task& task, Arrival why) const override {
    if (why == Arrival::outranked)
      queue.insert_first(task);
    else
      queue.insert_last(task);
  }
  u64 slice(const Task&, const RunQueue& waiting) const override {
    return max(sched_settings.latency / (waiting.shared_count() + 1), sched_settings.granularity);
  }
};
const TargetLatency policy("latency");

}  // namespace
const Policy& target_latency_policy = policy;
}  // namespace lucid::kernel
