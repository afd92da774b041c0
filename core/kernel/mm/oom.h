// SPDX-License-Identifier: MIT
// When nothing can make room any more.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

class ThreadGroup;

/// How much of all memory and swap a process holds in its pages and tables, in thousandths, and what
/// /proc/PID/oom_score_adj adds to that; 0 = never chosen.
u64 oom_score(const ThreadGroup& group);

/// Kills the process with the highest score, or waits for the one that was killed before. The kernel panics when
/// there is none left. Sleeps.
void kill_for_memory();

}  // namespace lucid::kernel
