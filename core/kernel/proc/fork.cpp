// SPDX-License-Identifier: MIT
#include "core/kernel/proc/fork.h"

#include "core/kernel/arch/fpu.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/lib/log.h"
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

Status share_or_copy(Task& child, u64 flags) {
  const Task& self = *current;
  child.memory = flags & clone_flag::vm ? self.memory : TRY(self.memory->fork());
  child.files = flags & clone_flag::files ? self.files : TRY(self.files->copy());
  if (flags & clone_flag::fs) {
    child.fs = self.fs;
  } else {
    child.fs = new FsContext;
    if (!child.fs) return Errno::NOMEM;
    child.fs->root = self.fs->root;
    child.fs->working_directory = self.fs->working_directory;
    child.fs->umask = self.fs->umask;
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
  group->exit_signal = static_cast<u32>(flags & clone_flag::exit_signal);
  if (flags & clone_flag::signal_handlers) {
    group->actions = self.group->actions;
  } else {
    group->actions = new SignalActions;
    if (!group->actions) return Errno::NOMEM;
    memcpy(group->actions->of, self.group->actions->of, sizeof group->actions->of);
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
  child.nice = self.nice;
  if (!(request.flags & clone_flag::vm) || (request.flags & clone_flag::vfork)) child.alternate = self.alternate;
}

bool valid(u64 flags) {
  if ((flags & clone_flag::thread) && !(flags & clone_flag::signal_handlers)) return false;
  return !(flags & clone_flag::signal_handlers) || (flags & clone_flag::vm);
}

}  // namespace

SysResult clone_current(const CloneRequest& request) {
  u64 flags = request.flags;
  if (!valid(flags)) return Errno::INVAL;
  if (request.stack >= user_end) return Errno::INVAL;
  if (task_count() >= current->group->limits[limit::processes].soft + 1) return Errno::AGAIN;
  Task* child = TRY(make_task());
  Status shared = share_or_copy(*child, flags);
  if (!shared.ok()) {
    free_task(child);
    return shared.error();
  }
  copy_thread_state(*child, request);
  bool sibling = flags & (clone_flag::thread | clone_flag::parent);
  child->parent = sibling ? current->parent : current->group->leader;
  child->group->live++;
  if (flags & clone_flag::child_clear_tid) child->clear_child_tid = request.child_tid;
  if (flags & clone_flag::child_set_tid) {
    child->memory->activate();  // the word lies in the child's memory
    Task* parent = current;
    current = child;  // so that a page fault is resolved there
    (void)write_user(UserPtr<u32>{request.child_tid}, child->pid);
    current = parent;
    current->memory->activate();
  }
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

Task* start_init(void (*function)(u64), u64 argument) {
  Result<Task*> made = make_task();
  if (!made.ok()) panic("No memory for init");
  Task* init = made.value();
  init->files = new FileTable;
  init->fs = new FsContext;
  init->fs->root = init->fs->working_directory = root_dentry;
  init->group = new ThreadGroup;
  init->group->actions = new SignalActions;
  init->group->id = init->pid;
  init->group->leader = init;
  init->group->live = 1;
  init->group->exit_signal = sig::CHLD;
  copy_string(init->name, "swapper", sizeof init->name);
  prepare_first_switch(*init, function, argument);
  make_ready(*init);
  return init;
}

extern "C" SysResult sys_fork() { return clone_current({.flags = sig::CHLD}); }
extern "C" SysResult sys_vfork() { return clone_current({.flags = clone_flag::vm | clone_flag::vfork | sig::CHLD}); }
extern "C" SysResult sys_clone(u64 flags, u64 stack, u64 parent_tid, u64 child_tid, u64 tls) {
  return clone_current({flags & 0xffffffff, stack, parent_tid, child_tid, tls});
}

}  // namespace lucid::kernel
