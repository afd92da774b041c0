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

/// Of one thread.
Usage usage_of(const Task& task);
/// Of all threads of a process.
Usage usage_of(const ThreadGroup& group);
/// Of the children that a process has reaped.
Usage children_usage_of(const ThreadGroup& group);
/// Of a process and its children, as wait4 tells it.
Usage whole_usage_of(const ThreadGroup& group);
/// A child is reaped: what it used is added to its parent's children.
void add_to_children(ThreadGroup& parent, const ThreadGroup& child);

}  // namespace lucid::kernel
