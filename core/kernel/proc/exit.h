// SPDX-License-Identifier: MIT
// The end of tasks and processes.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

/// Ends the running task with this wait status.
[[noreturn]] void exit_task(u32 status);
/// Ends the running task's whole process.
[[noreturn]] void exit_group(u32 status);
/// Ends all other threads of the running task's process and waits until they are gone (for execve).
void end_other_threads();
/// Lets the parent of a vfork child go on.
void release_vfork_parent(Task& task);
/// Tells the parent by SIGCHLD and wait4 that the process stopped or continued.
void notify_parent_of_stop(ThreadGroup& group, i32 code, u32 status);
/// Where wait4 sleeps: one queue for all parents is enough, everybody looks again.
class WaitQueue& child_queue();

}  // namespace lucid::kernel
