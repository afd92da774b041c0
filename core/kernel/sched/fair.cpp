// SPDX-License-Identifier: MIT
// Weighted fair sharing by virtual runtime, as Linux's CFS did it (2.6.23 to 6.5): time used counts less the
// more weight a task has, and who has the least virtual runtime runs.
//
//   period  = latency, or N · granularity when that is longer
//   slice   = max(period · weight / sum of weights, granularity)
//   floor   = least virtual runtime of all that can run; it never goes back
//
// Who is new starts one slice above the floor, so that fork does not win time; who slept is set at most half
// a latency below it, so that it runs soon but does not get all the time back that it slept.
#include "core/kernel/sched/policy.h"
#include "core/kernel/sched/settings.h"

namespace lucid::kernel {
namespace {

u64 vruntime_floor = 0;

u64 scaled(u64 ns, u32 weight) { return ns * weight_of_nice_0 / weight; }

class Fair : public Policy {
 public:
  using Policy::Policy;

  void enqueue(RunQueue& queue, Task& task, Arrival why) const override {
    SchedEntity& e = task.sched;
    const Task* first = queue.first_shared();
    switch (why) {
      case Arrival::created:
        e.vruntime =
            vruntime_floor + scaled(share(task, queue.shared_count() + 1, queue.shared_weight() + e.weight), e.weight);
        break;
      case Arrival::woken: {
        u64 credit = sched_settings.latency / 2;
        e.vruntime = max(e.vruntime, vruntime_floor > credit ? vruntime_floor - credit : 0);
        break;
      }
      case Arrival::yielded:
        if (first) e.vruntime = max(e.vruntime, first->sched.vruntime);
        break;
      case Arrival::moved:
        e.vruntime = max(e.vruntime, vruntime_floor);
        break;
      default:
        break;
    }
    queue.insert_shared(task, [&](const Task& other) { return other.sched.vruntime > e.vruntime; });
  }

  u64 slice(const Task& running, const RunQueue& waiting) const override {
    return share(running, waiting.shared_count() + 1, waiting.shared_weight() + running.sched.weight);
  }

  bool counts_use() const override { return true; }
  void charge(Task& running, const RunQueue& waiting, u64 ns) const override {
    SchedEntity& e = running.sched;
    e.vruntime += scaled(ns, e.weight);
    const Task* first = waiting.first_shared();
    u64 least = first ? min(first->sched.vruntime, e.vruntime) : e.vruntime;
    vruntime_floor = max(vruntime_floor, least);
  }

  bool outranks(const Task& woken, const Task& running) const override {
    u64 margin = scaled(sched_settings.wakeup_granularity, woken.sched.weight);
    return woken.sched.vruntime + margin < running.sched.vruntime;
  }

 private:
  static u64 share(const Task& task, u64 count, u64 weight) {
    u64 period = max(sched_settings.latency, count * sched_settings.granularity);
    return max(period * task.sched.weight / weight, sched_settings.granularity);
  }
};
const Fair policy("fair");

}  // namespace
const Policy& fair_policy = policy;
}  // namespace lucid::kernel
