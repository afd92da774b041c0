// SPDX-License-Identifier: MIT
// Earliest eligible virtual deadline first (Stoica and Abdel-Wahab, 1995), as Linux schedules since 6.6.
// A task asks for a base slice at a time. It is eligible while it has not had more than its share, that is
// while its virtual runtime is not above the weighted average V of all; of the eligible ones the one whose
// request is due first runs, until the request is served.
//
//   V = sum(weight · vruntime) / sum(weight)        lag = V - vruntime, kept over a sleep
//   deadline = vruntime + slice · 1024 / weight
#include "core/kernel/sched/policy.h"
#include "core/kernel/sched/settings.h"

namespace lucid::kernel {
namespace {

u64 scaled(u64 ns, u32 weight) { return ns * weight_of_nice_0 / weight; }
u64 last_average = 0;  // of when somebody could run: what an empty queue goes on from

/// V over the waiting tasks and the running one. Differences to a reference keep the products small.
u64 average(const RunQueue& waiting, const Task* running) {
  const Task* first = waiting.first_shared();
  if (!first && !running) return last_average;
  u64 reference = running ? running->sched.vruntime : first->sched.vruntime;
  i64 sum = 0, weights = 0;
  for (const Task* t = first; t; t = t->run_next) {
    sum += static_cast<i64>(t->sched.vruntime - reference) * t->sched.weight;
    weights += t->sched.weight;
  }
  if (running) weights += running->sched.weight;
  return last_average = reference + static_cast<u64>(sum / weights);
}

const Task* shared_runner() {
  bool counts = current && current->pid && current->state == TaskState::running && !current->is_real_time();
  return counts ? current : nullptr;
}

class Eevdf : public Policy {
 public:
  using Policy::Policy;

  void enqueue(RunQueue& queue, Task& task, Arrival why) const override {
    SchedEntity& e = task.sched;
    u64 v = average(queue, &task == current ? nullptr : shared_runner());
    switch (why) {
      case Arrival::created:
      case Arrival::moved:
        e.vruntime = v;
        new_request(e);
        break;
      case Arrival::woken:
        e.vruntime = v - static_cast<u64>(e.lag);
        new_request(e);
        break;
      case Arrival::yielded:
        new_request(e);  // the rest of the request is given up, the new one is due later
        e.deadline += scaled(sched_settings.base_slice, e.weight);
        break;
      case Arrival::slice_ended:
        new_request(e);
        break;
      case Arrival::outranked:
        break;
    }
    queue.insert_shared(task, [&](const Task& other) { return other.sched.deadline > e.deadline; });
  }

  Task& choose(const RunQueue& queue) const override {
    u64 v = average(queue, nullptr);
    for (Task* t = queue.first_shared(); t; t = t->run_next)
      if (static_cast<i64>(t->sched.vruntime - v) <= 0) return *t;
    return *queue.first_shared();
  }

  u64 slice(const Task&, const RunQueue&) const override { return sched_settings.base_slice; }

  bool counts_use() const override { return true; }
  void charge(Task& running, const RunQueue&, u64 ns) const override {
    running.sched.vruntime += scaled(ns, running.sched.weight);
  }

  /// A debt or credit of at most two requests stays with it.
  void left(Task& task, const RunQueue& waiting) const override {
    SchedEntity& e = task.sched;
    i64 most = static_cast<i64>(scaled(2 * sched_settings.base_slice, e.weight));
    e.lag = max(-most, min(most, static_cast<i64>(average(waiting, &task) - e.vruntime)));
  }

  bool outranks(const Task& woken, const Task& running) const override {
    return woken.sched.deadline < running.sched.deadline && woken.sched.lag >= 0;
  }

 private:
  static void new_request(SchedEntity& e) { e.deadline = e.vruntime + scaled(sched_settings.base_slice, e.weight); }
};
const Eevdf policy("eevdf");

}  // namespace
const Policy& eevdf_policy = policy;
}  // namespace lucid::kernel
