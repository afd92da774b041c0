// SPDX-License-Identifier: MIT
// What the schedulers know of a task. Times are nanoseconds of processor time unless they say otherwise.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

constexpr i32 least_nice = -20, most_nice = 19;
constexpr u32 weight_of_nice_0 = 1024, weight_when_idle = 3;  // SCHED_IDLE

/// Policies of sched_setscheduler(2).
namespace sched_policy {
constexpr u32 normal = 0, fifo = 1, round_robin = 2, batch = 3, idle = 5, deadline = 6, reset_on_fork = 0x40000000;
inline bool real_time(u32 p) { return p == fifo || p == round_robin; }
inline bool known(u32 p) { return p <= batch || p == idle; }
}  // namespace sched_policy

/// Shares of the processor by nice level: each step changes the ratio of two tasks by 1.25 (Linux's table,
/// sched_prio_to_weight).
constexpr u32 nice_weights[most_nice - least_nice + 1] = {
    88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904,
    3906,  3121,  2501,  1991,  1586,  1277,  1024,  820,   655,   526,   423,  335,  272,  215,
    172,   137,   110,   87,    70,    56,    45,    36,    29,    23,    18,   15,
};

struct SchedEntity {
  u32 weight = weight_of_nice_0;
  u32 ticks_used = 0;               // PIT ticks of the present slice, a begun one counted whole
  u64 vruntime = 0;                 // time used, scaled by weight_of_nice_0 / weight
  u64 deadline = 0;                 // EEVDF: the vruntime at which the present request is served
  i64 lag = 0;                      // EEVDF: what it was owed, in vruntime, when it went to sleep
  u64 charged = 0;                  // of the task's cpu_ticks, what the policy has heard of (TSC)
  u64 ready_since = 0, waited = 0;  // in the run queue (TSC)
  u64 switched_in = 0;              // times
  bool prolonged = false;           // in this turn the slice was prolonged (prolong_slice)
};

}  // namespace lucid::kernel
