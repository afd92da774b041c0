// SPDX-License-Identifier: MIT
// Who waits for a point in time: sleeping tasks and Timers. Times are nanoseconds since boot.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

void set_deadline(Task& task, u64 deadline);
void cancel_deadline(Task& task);
/// The PIT ticks: wakes and calls whoever is due.
void expire_timers();
bool timers_armed();
/// Is anybody due? May be asked by an interrupt in the middle of a change.
bool timers_due();

}  // namespace lucid::kernel
