// SPDX-License-Identifier: MIT
// The clocks that programs can name (clock_gettime(2)).
#pragma once
#include "core/kernel/lib/errno.h"

namespace lucid::kernel {

struct Task;
class ThreadGroup;

namespace clock_id {
constexpr i32 realtime = 0, monotonic = 1, process_cpu = 2, thread_cpu = 3, monotonic_raw = 4, realtime_coarse = 5,
              monotonic_coarse = 6, boottime = 7, realtime_alarm = 8, boottime_alarm = 9, tai = 11;
}

/// Nanoseconds. Negative numbers name the processor time of a process or thread, as
/// clock_getcpuclockid(3) makes them: ~pid << 3 | (of a thread ? 4 : 0) | kind.
Result<u64> read_clock(i32 clock);
/// The same, as a thread (0: the leader) of this process sees it.
Result<u64> read_clock_of(const ThreadGroup& group, u32 thread, i32 clock);
bool is_cpu_clock(i32 clock);
/// What the clock showed at boot: the difference to nanoseconds_since_boot().
u64 clock_base(i32 clock);

/// Processor time used so far, nanoseconds.
u64 processor_time(const ThreadGroup& group);
u64 processor_time(const Task& task);
/// The part of it in ring 3.
u64 user_time(const ThreadGroup& group);
u64 user_time(const Task& task);

/// The unit of times(2) and /proc/PID/stat, whatever the rate of the PIT (Linux: USER_HZ).
constexpr u32 clock_ticks_per_second = 100;

}  // namespace lucid::kernel
