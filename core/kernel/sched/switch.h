// SPDX-License-Identifier: MIT
// Between the parts of the scheduler (proc/sched.cpp, sched/preempt.cpp) only.
#pragma once
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

enum class WhileSwitching : u8 { let_others_in, keep_kernel };

/// Interrupts are off. Without the lock, or keeping it: the task was interrupted in kernel code.
void switch_away(SwitchReason reason, WhileSwitching kernel);
/// The running task waits in the run queue until `owner`, which runs now, lets go of the kernel.
void lend_turn(Task& owner);
void want_reschedule(SwitchReason reason);
/// Why need_reschedule is set.
SwitchReason pending_reason();

/// Tasks that have ended and whose stacks nobody runs on any more, linked by run_next.
extern Task* tasks_to_bury;
void bury_tasks();

/// The part of the tick that needs the kernel lock: timers that are due.
void timer_work();

}  // namespace lucid::kernel
