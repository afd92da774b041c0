// SPDX-License-Identifier: MIT
// What /proc tells of time and scheduling (proc(5)): stat, interrupts, uptime, PID/sched, PID/schedstat.
#pragma once
#include "core/kernel/fs/proc_text.h"
#include "core/kernel/proc/clocks.h"

namespace lucid::kernel {

constexpr u64 to_clock_ticks(u64 ns) { return ns / (1'000'000'000 / clock_ticks_per_second); }

void sched_text(Text& out, Task& task);
void schedstat_text(Text& out, Task& task);
/// Adds those that are not of a task.
void add_time_files();

}  // namespace lucid::kernel
