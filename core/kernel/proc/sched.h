// SPDX-License-Identifier: MIT
// Who runs: round robin over a queue of ready tasks, a fixed slice each, ended by the PIT.
#pragma once
#include "core/kernel/proc/wait_queue.h"

namespace lucid::kernel {

constexpr u32 slice_ticks = 1;

/// Puts the running task to sleep on a queue until it is woken, a signal comes, or the deadline
/// (nanoseconds since boot; 0 = none) passes.
Wake sleep_on(WaitQueue& queue, WaitReason reason, u64 deadline = 0);
/// Sleeps although signals are pending; for vfork. SIGKILL still wakes.
Wake sleep_killable(WaitQueue& queue, WaitReason reason);

/// Gives the processor away; returns when this task runs again.
void schedule(SwitchReason reason);
void make_ready(Task& task);
/// Takes a sleeping task out of its queue and makes it ready.
void wake(Task& task);
void stop_current();

extern bool need_reschedule;
void scheduler_tick();
[[noreturn]] void idle_loop();
void setup_scheduler();

extern u64 tick_count;
extern Task* running_task;  // for whoever looks from outside: null while idle
extern u64 context_switches;
const void* run_queue_head();

}  // namespace lucid::kernel
