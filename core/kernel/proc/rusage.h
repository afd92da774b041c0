// SPDX-License-Identifier: MIT
// struct rusage of Linux.
#pragma once
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {

struct Usage {
  Timeval user{}, system{};
  i64 max_resident = 0, unused1[3] = {}, minor_faults = 0, major_faults = 0, unused2[6] = {}, voluntary = 0,
      involuntary = 0;
};
static_assert(sizeof(Usage) == 144);

inline Timeval to_timeval(u64 ns) {
  return {static_cast<i64>(ns / 1'000'000'000), static_cast<i64>(ns % 1'000'000'000 / 1000)};
}

inline Usage usage_of(const Task& task) {
  Usage u;
  u.user = to_timeval(tsc_to_nanoseconds(task.cpu_ticks));
  u.minor_faults = static_cast<i64>(task.minor_faults);
  u.voluntary = static_cast<i64>(task.voluntary_switches);
  u.involuntary = static_cast<i64>(task.involuntary_switches);
  return u;
}

}  // namespace lucid::kernel
