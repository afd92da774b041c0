// SPDX-License-Identifier: MIT
// New tasks: fork, vfork, clone, and those that start in the kernel.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

namespace clone_flag {
constexpr u64 vm = 0x100, fs = 0x200, files = 0x400, signal_handlers = 0x800, vfork = 0x4000, pidfd = 0x1000,
              parent = 0x8000, thread = 0x10000, system_v_undo = 0x40000, set_tls = 0x80000, parent_set_tid = 0x100000,
              child_clear_tid = 0x200000, detached = 0x400000, child_set_tid = 0x1000000, name_spaces = 0x7e020080,
              into_cgroup = 0x200000000, clear_signal_handlers = 0x100000000;
}

struct CloneRequest {
  u64 flags = 0;
  u64 exit_signal = 0;
  u64 stack = 0;  // 0: the parent's
  u64 parent_tid = 0, child_tid = 0, tls = 0;
};

/// Returns the child's PID to the parent; the child starts with 0.
SysResult clone_current(const CloneRequest& request);

/// A process without a parent, memory, files and directories that starts in the kernel at `function` once it is made
/// ready: init, whose function ends with execve, and the kernel threads (proc/kthread.h).
Result<Task*> make_kernel_task(const char* name, void (*function)(u64), u64 argument);

}  // namespace lucid::kernel
