// SPDX-License-Identifier: MIT
// Who waits for a point in time. Times are nanoseconds since boot; the PIT tick looks at them.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

void set_deadline(Task& task, u64 deadline);
void cancel_deadline(Task& task);
/// Starts, changes or (deadline 0) stops a process's real-time interval timer.
void set_alarm(ThreadGroup& group, u64 deadline, u64 interval);
void expire_timers();
bool timers_armed();

}  // namespace lucid::kernel
