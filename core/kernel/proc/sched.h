// SPDX-License-Identifier: MIT
// Who runs: switching between tasks, sleeping and waking. In which order and for how long the ready ones
// run is a policy's business (core/kernel/sched/policy.h); slices end on the PIT.
#pragma once
#include "core/kernel/proc/wait_queue.h"

namespace lucid::kernel {

class Policy;

/// Puts the running task to sleep on a queue until it is woken, a signal comes, or the deadline
/// (nanoseconds since boot; 0 = none) passes.
Wake sleep_on(WaitQueue& queue, WaitReason reason, u64 deadline = 0);
/// Sleeps although signals are pending; for vfork. SIGKILL still wakes.
Wake sleep_killable(WaitQueue& queue, WaitReason reason);
/// Sleeps although even a fatal signal is pending, for who waits for a device that will answer. A signal that
/// comes may end it: look again whether what was waited for has happened.
void sleep_uninterrupted(WaitQueue& queue, WaitReason reason);

/// Gives the processor away; returns when this task runs again.
void schedule(SwitchReason reason);
/// The same for one whose slice has ended or whom a woken task pushes aside, when need_reschedule says so.
void give_way();
/// The running task has spent its slice on what serves all, on making room in memory. Once in a turn it goes on to the
/// next tick: the page that it asked for must not be taken from it before it was used, or nobody gets on.
void prolong_slice();
/// A new task, or one that was stopped, can run.
void make_ready(Task& task);
/// Takes a sleeping task out of its queue and makes it ready.
void wake(Task& task);
void stop_current();

extern bool need_reschedule;
void scheduler_tick();
[[noreturn]] void idle_loop();
void setup_scheduler();

const Policy& selected_policy();
void select_policy(const Policy& policy);
/// Changes what a task's place in the run queue depends on: nice level, policy and priority of
/// sched_setscheduler(2).
void change_share(Task& task, i32 nice, u32 policy, u32 priority);
/// The slice of a task if it ran now, nanoseconds; 0 = no end.
u64 slice_of(const Task& task);

extern u64 tick_count;
extern Task* running_task;  // for whoever looks from outside: null while idle
extern u64 context_switches, task_starts;
const void* run_queue_head();
const void* selected_policy_place();

}  // namespace lucid::kernel
