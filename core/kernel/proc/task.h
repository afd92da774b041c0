// SPDX-License-Identifier: MIT
// A task is a thread of execution: registers, a kernel stack, a state. What tasks may share hangs off
// it by reference: memory, open files, directories, and the ThreadGroup that makes threads a process.
#pragma once
#include "core/abi/introspect.h"
#include "core/abi/tracepoint.h"
#include "core/kernel/fs/file_table.h"
#include "core/kernel/lib/list.h"
#include "core/kernel/mm/address_space.h"
#include "core/kernel/proc/process_timers.h"
#include "core/kernel/proc/signal.h"
#include "core/kernel/sched/entity.h"
#include "core/kernel/trap/trapframe.h"

namespace lucid::kernel {

using abi::SwitchReason;
using abi::TaskState;
using abi::WaitReason;

/// Supplementary groups, in ascending order; shared until setgroups replaces them.
class GroupList : public Counted {
 public:
  explicit GroupList(u32 size) : ids(size * sizeof(u32)), count(size) {}
  u32* begin() const { return reinterpret_cast<u32*>(ids.data()); }
  u32* end() const { return begin() + count; }
  Buffer ids;
  u32 count;
};

struct Credentials {
  u32 uid = 0, gid = 0, effective_uid = 0, effective_gid = 0, saved_uid = 0, saved_gid = 0;
  u32 file_uid = 0, file_gid = 0;  // what access to files is judged by; follows the effective ones
  Ref<GroupList> groups;           // null: none
  /// Does it act for somebody else than who started it (AT_SECURE)?
  bool raised() const { return uid != effective_uid || gid != effective_gid; }
};

/// Root and working directory, umask.
class FsContext : public Counted {
 public:
  Result<Ref<FsContext>> copy() const {
    Ref<FsContext> c = new FsContext;
    if (!c) return Errno::NOMEM;
    c->root = root, c->working_directory = working_directory, c->umask = umask;
    return c;
  }
  Ref<Dentry> root, working_directory;
  u32 umask = 022;
};

struct ResourceLimit {
  u64 soft, hard;
};
constexpr u64 unlimited = ~u64{0};
namespace limit {
constexpr u32 cpu = 0, file_size = 1, data = 2, stack = 3, core = 4, processes = 6, files = 7, address_space = 9,
              count = 16;
}

class WaitQueue;

/// How restart_syscall goes on with a call that a stop interrupted (Errno::RESTART_BLOCK).
struct RestartBlock {
  SysResult (*again)() = nullptr;
  u64 deadline = 0;  // ns since boot
  u64 arguments[4] = {};
};

/// A process in the sense of POSIX: one or more tasks with one PID towards the outside.
class ThreadGroup : public Counted {
 public:
  ThreadGroup();
  u32 id = 0;
  struct Task* leader = nullptr;
  u32 live = 0;          // tasks that have not exited
  bool exiting = false;  // exit_group: all threads are on their way out
  u32 exit_status = 0;   // wait status
  ResourceLimit limits[limit::count];
  Ref<SignalActions> actions;
  PendingSignals pending;  // for any of the threads
  bool stopped = false;
  u32 stop_signal = 0;
  bool report_stop = false, report_continue = false;  // news that wait4 has not told yet
  bool executed = false;                              // has called execve since fork
  bool subreaper = false;
  bool dumpable = true;
  i32 oom_adjustment = 0;          // oom_score_adj
  bool killed_for_memory = false;  // its end will make room
  u32 exit_signal = 0;             // sent to the parent at the end
  ProcessTimers timers{*this};
  u64 cpu_ticks = 0, user_ticks = 0;  // TSC, of all threads there ever were; user_ticks: in ring 3
  u64 minor_faults = 0, major_faults = 0, voluntary_switches = 0, involuntary_switches = 0;  // of threads that are gone
  u64 most_resident_kib = 0;
  struct {
    u64 ns = 0, user_ns = 0, minor_faults = 0, major_faults = 0, voluntary_switches = 0, involuntary_switches = 0,
        most_resident_kib = 0;
  } children;  // what reaped children used
  class Tty* terminal = nullptr;
};

struct Task {
  Task* next_task = nullptr;  // list of all tasks, oldest first
  u32 pid = 0;                // of the thread; the leader's is the process's
  Task* parent = nullptr;     // leader of the parent's group
  TaskState state = TaskState::created;
  abi::WaitReason wait_reason = WaitReason::none;
  char name[16] = {};
  u32 exit_status = 0;
  u64 page_root = 0;  // the next four mirror `memory` for whoever looks from outside
  Vma* vma_head = nullptr;
  u64 brk_start = 0, brk_end = 0;
  TrapFrame* frame = nullptr;  // user registers, at the top of the kernel stack
  u64 kernel_stack = 0;        // lowest address
  u64 cpu_ticks = 0;           // TSC
  u64 user_ticks = 0;          // of these in ring 3
  u32 slice_left = 0;
  u32 pgid = 0, sid = 0;

  u64 saved_rsp = 0;          // of switch_stacks while not running
  u64 saved_cr3 = 0;          // the same; 0 = has not run yet
  Task* run_next = nullptr;   // in the run queue
  Task* wait_next = nullptr;  // in a wait queue
  WaitQueue* waiting_on = nullptr;
  bool woken = false;            // by its queue, not by a signal or a deadline
  Task* timer_next = nullptr;    // in the list of sleepers with a deadline
  u64 deadline = 0;              // ns since boot; 0 = none
  bool exit_requested = false;   // another thread runs execve
  bool killable_only = false;    // sleeping: only SIGKILL wakes it
  bool uninterruptible = false;  // goes to sleep whatever is pending

  Ref<AddressSpace> memory;
  Ref<FileTable> files;
  Ref<FsContext> fs;
  Ref<ThreadGroup> group;
  Credentials credentials;

  u64 blocked = 0;         // signal mask
  u64 awaited = 0;         // what sigtimedwait waits for: kept even if it would be ignored
  u64 suspended_mask = 0;  // to restore after sigsuspend
  bool restore_mask = false;
  PendingSignals pending;
  SignalStack alternate;
  u64 fault_vector = 0, fault_error = 0, fault_address = 0;  // of the last exception, for signal frames

  u64 fs_base = 0, gs_base = 0;
  u16 ds = 0, es = 0, fs_selector = 0, gs_selector = 0;
  u64 clear_child_tid = 0;
  u64 set_child_tid = 0;  // where a new task writes its PID before anything else; 0 = nowhere
  u64 robust_list = 0;
  WaitQueue* vfork_parent = nullptr;  // who waits until this task lets go of the parent's memory
  bool* vfork_done = nullptr;
  RestartBlock restart;
  u32 parent_death_signal = 0;
  bool no_new_privileges = false;  // execve ignores set-user-ID bits, here and in all descendants
  i32 nice = 0;
  u32 policy = 0, priority = 0;  // sched_setscheduler; priority is 0 unless real-time
  SchedEntity sched;
  bool policy_ends_at_fork = false;
  u64 timer_slack = 50000;  // ns
  u32 personality = 0;
  u64 started_at = 0;  // ns since boot
  u64 minor_faults = 0, major_faults = 0;
  u64 voluntary_switches = 0, involuntary_switches = 0;
  alignas(16) u8 fpu[512];

  bool is_real_time() const { return priority != 0; }
  bool is_leader() const { return group->leader == this; }
  u64 stack_limit() const { return group->limits[limit::stack].soft; }
};

extern Task* current;
extern Task* task_list;

inline u64 pending_signals(const Task& task) { return task.pending.set() | task.group->pending.set(); }
inline u64 deliverable(const Task& task) { return pending_signals(task) & ~task.blocked; }
/// Is there anything the running task must see to before it goes on?
inline bool signal_pending(const Task& task) {
  return deliverable(task) || task.group->exiting || task.group->stopped || task.exit_requested;
}

constexpr u64 kernel_stack_size = 16384;
/// Lies at the low end of each kernel stack. Gone = the stack was too small, and what lay below it is damaged.
constexpr u64 stack_end_mark = 0x57ac6e9d57ac6e9d;

/// A task with a kernel stack, a PID and nothing else, in the list of all tasks.
Result<Task*> make_task();
/// Nobody finds the task any more.
void unlist_task(Task& task);
/// Frees what make_task made; the task must not run any more.
void free_task(Task* task);
Task* find_task(u32 pid);
/// Leader of the process with this PID.
Task* find_process(u32 pid);
/// Refreshes the mirror of `memory` in every task that uses it.
void publish_memory(const AddressSpace& memory);
u64 task_count();

}  // namespace lucid::kernel
