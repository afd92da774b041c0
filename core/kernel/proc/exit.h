// SPDX-License-Identifier: MIT
// The end of tasks and processes.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

/// Ends the running task with this wait status.
[[noreturn]] void exit_task(u32 status);
/// Ends the running task's whole process.
[[noreturn]] void exit_group(u32 status);
/// Ends all other threads of the running task's process, waits until they are gone, and makes it the
/// leader (for execve). EAGAIN when somebody ended this one meanwhile.
Status end_other_threads();
/// The task lets go of its memory: locks that it holds there are marked dead, a parent that lent it
/// goes on. It has none afterwards.
void leave_memory(Task& task);
/// Has nobody in this process group (but for `without`) a parent in its session who could continue it?
bool is_orphaned_group(u32 pgid, const Task* without = nullptr);
/// Tells the parent by SIGCHLD and wait4 that the process stopped or continued.
void notify_parent_of_stop(ThreadGroup& group, i32 code, u32 status);
/// Where wait4 sleeps: one queue for all parents is enough, everybody looks again.
class WaitQueue& child_queue();

}  // namespace lucid::kernel
