// SPDX-License-Identifier: MIT
#include "core/kernel/proc/fork.h"

#include "core/kernel/arch/fpu.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

extern "C" void task_start();

namespace lucid::kernel {
namespace {

/// What switch_stacks pops on the first switch to a task.
struct FirstContext {
  u64 r15, r14, r13, r12, rbp, rbx, return_to;
};

void prepare_first_switch(Task& task, void (*function)(u64), u64 argument) {
  auto* context = reinterpret_cast<FirstContext*>(task.frame) - 1;
  *context = {};
  context->rbx = reinterpret_cast<u64>(function);
  context->r12 = argument;
  context->return_to = reinterpret_cast<u64>(task_start);
  task.saved_rsp = reinterpret_cast<u64>(context);
}

Status share_or_copy(Task& child, u64 flags, u64 exit_signal) {
  const Task& self = *current;
  child.memory = flags & clone_flag::vm ? self.memory : TRY(self.memory->fork());
  child.files = flags & clone_flag::files ? self.files : TRY(self.files->copy());
  if (flags & clone_flag::fs) {
    child.fs = self.fs;
  } else {
    child.fs = TRY(self.fs->copy());
  }
  if (flags & clone_flag::thread) {
    child.group = self.group;
    return {};
  }
  Ref<ThreadGroup> group = new ThreadGroup;
  if (!group) return Errno::NOMEM;
  group->id = child.pid;
  group->leader = &child;
  memcpy(group->limits, self.group->limits, sizeof group->limits);
  group->terminal = self.group->terminal;
  group->exit_signal = static_cast<u32>(flags & clone_flag::parent ? self.group->exit_signal : exit_signal);
  group->dumpable = self.group->dumpable;
  group->oom_adjustment = self.group->oom_adjustment;
  update_cpu_watch(*group);
  if (flags & clone_flag::signal_handlers) {
    group->actions = self.group->actions;
  } else {
    group->actions = new SignalActions;
    if (!group->actions) return Errno::NOMEM;
    memcpy(group->actions->of, self.group->actions->of, sizeof group->actions->of);
    if (flags & clone_flag::clear_signal_handlers)
      for (SignalAction& a : group->actions->of)
        if (a.handler != sig::ignore_handler) a = {};
  }
  child.group = group;
  return {};
}

void copy_thread_state(Task& child, const CloneRequest& request) {
  const Task& self = *current;
  *child.frame = *self.frame;
  child.frame->rax = 0;
  if (request.stack) child.frame->rsp = request.stack;
  save_fpu(child.fpu);
  save_segments(child);
  child.fs_base = request.flags & clone_flag::set_tls ? request.tls : self.fs_base;
  child.gs_base = self.gs_base;
  memcpy(child.name, self.name, sizeof child.name);
  child.credentials = self.credentials;
  child.blocked = self.blocked;
  child.pgid = self.pgid, child.sid = self.sid;
  child.no_new_privileges = self.no_new_privileges;
  child.timer_slack = self.timer_slack;
  child.personality = self.personality;
  if (self.policy_ends_at_fork)
    change_share(child, max(self.nice, 0), sched_policy::normal, 0);
  else
    change_share(child, self.nice, self.policy, self.priority);
  if (!(request.flags & clone_flag::vm) || (request.flags & clone_flag::vfork)) child.alternate = self.alternate;
}

Status check(const CloneRequest& r) {
  u64 f = r.flags;
  bool thread = f & clone_flag::thread, handlers = f & clone_flag::signal_handlers, vm = f & clone_flag::vm;
  if ((thread && !handlers) || (handlers && !vm)) return Errno::INVAL;
  if (handlers && (f & clone_flag::clear_signal_handlers)) return Errno::INVAL;
  // Not here: name spaces, control groups, descriptors of processes.
  if (f & (clone_flag::name_spaces | clone_flag::into_cgroup | clone_flag::pidfd)) return Errno::INVAL;
  if ((f & clone_flag::parent) && current->group->id == 1) return Errno::INVAL;
  return r.stack >= user_end || r.tls >= user_end || r.exit_signal > sig::count ? Status(Errno::INVAL) : Status{};
}

/// RLIMIT_NPROC counts the tasks of a user; root is free.
bool too_many_tasks() {
  const Credentials& me = current->credentials;
  if (me.uid == 0 || me.effective_uid == 0) return false;
  u64 mine = 0;
  for (Task* t = task_list; t; t = t->next_task) mine += t->credentials.uid == me.uid;
  return mine >= current->group->limits[limit::processes].soft;
}

}  // namespace

SysResult clone_current(const CloneRequest& request) {
  u64 flags = request.flags;
  TRY(check(request));
  if (too_many_tasks()) return Errno::AGAIN;
  // While it is waited for memory, others take it.
  constexpr u32 most_tries = 100;
  for (u32 i = 0; i < most_tries && !room_for_task(); i++) make_room();
  Task* child = TRY(make_task());
  Status shared = share_or_copy(*child, flags, request.exit_signal);
  if (!shared.ok()) {
    free_task(child);
    return shared.error();
  }
  copy_thread_state(*child, request);
  bool sibling = flags & (clone_flag::thread | clone_flag::parent);
  child->parent = sibling ? current->parent : current->group->leader;
  child->group->live++;
  if (flags & clone_flag::child_clear_tid) child->clear_child_tid = request.child_tid;
  if (flags & clone_flag::child_set_tid) child->set_child_tid = request.child_tid;
  if (flags & clone_flag::parent_set_tid) (void)write_user(UserPtr<u32>{request.parent_tid}, child->pid);
  prepare_first_switch(*child, nullptr, 0);
  publish_memory(*child->memory);
  trace(Trace::forked, current->pid, child->pid, flags);
  u32 pid = child->pid;
  if (!(flags & clone_flag::vfork)) {
    make_ready(*child);
    return pid;
  }
  WaitQueue queue;
  bool done = false;
  child->vfork_parent = &queue;
  child->vfork_done = &done;
  make_ready(*child);
  while (!done) {
    if (sleep_killable(queue, WaitReason::child) == Wake::event) continue;
    if (Task* still = find_task(pid); still && still->vfork_parent == &queue) still->vfork_parent = nullptr;
    break;
  }
  return pid;
}

Result<Task*> make_kernel_task(const char* name, void (*function)(u64), u64 argument) {
  Task* task = TRY(make_task());
  task->group = new ThreadGroup;
  if (task->group) task->group->actions = new SignalActions;
  if (!task->group || !task->group->actions) {
    free_task(task);
    return Errno::NOMEM;
  }
  task->group->id = task->pid;
  task->group->leader = task;
  task->group->live = 1;
  task->group->exit_signal = sig::CHLD;
  copy_string(task->name, name, sizeof task->name);
  prepare_first_switch(*task, function, argument);
  return task;
}

extern "C" SysResult sys_fork() { return clone_current({.exit_signal = sig::CHLD}); }
extern "C" SysResult sys_vfork() {
  return clone_current({.flags = clone_flag::vm | clone_flag::vfork, .exit_signal = sig::CHLD});
}
extern "C" SysResult sys_clone(u64 flags, u64 stack, u64 parent_tid, u64 child_tid, u64 tls) {
  constexpr u64 signal_mask = 0xff;
  return clone_current({.flags = flags & 0xffffffff & ~signal_mask & ~clone_flag::detached,
                        .exit_signal = flags & signal_mask,
                        .stack = stack,
                        .parent_tid = parent_tid,
                        .child_tid = child_tid,
                        .tls = tls});
}

extern "C" SysResult sys_clone3(u64 address, u64 size) {
  /// struct clone_args.
  struct {
    u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
  } a{};
  constexpr u64 first_size = 64;
  if (size > page_size) return Errno::TOOBIG;
  if (size < first_size) return Errno::INVAL;
  TRY(copy_in(&a, address, min<u64>(size, sizeof a)));
  for (u64 at = sizeof a; at < size; at++)
    if (TRY(read_user(UserPtr<u8>{address + at}))) return Errno::TOOBIG;
  constexpr u64 signal_mask = 0xff;
  if ((a.flags & (signal_mask | clone_flag::detached)) || a.exit_signal > signal_mask) return Errno::INVAL;
  if ((a.flags & (clone_flag::thread | clone_flag::parent)) && a.exit_signal) return Errno::INVAL;
  if (!a.stack != !a.stack_size || a.set_tid || a.set_tid_size) return Errno::INVAL;
  return clone_current({.flags = a.flags,
                        .exit_signal = a.exit_signal,
                        .stack = a.stack + a.stack_size,
                        .parent_tid = a.parent_tid,
                        .child_tid = a.child_tid,
                        .tls = a.tls});
}

}  // namespace lucid::kernel
