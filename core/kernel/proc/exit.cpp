// SPDX-License-Identifier: MIT
#include "core/kernel/proc/exit.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/drivers/tty.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/proc/futex.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/proc/timers.h"

namespace lucid::kernel {
namespace {

WaitQueue children_changed;

SignalInfo child_info(const ThreadGroup& group, i32 code, u32 status) {
  SignalInfo info;
  info.number = sig::CHLD;
  info.code = code;
  info.child = {group.id,
                group.leader->credentials.uid,
                static_cast<i32>(status),
                0,
                static_cast<i64>(tsc_to_nanoseconds(group.leader->cpu_ticks) / 10'000'000),
                0};
  return info;
}

/// Children of a dead process go to the next subreaper above it, or to init.
void give_children_away(Task& leader) {
  Task* heir = leader.parent;
  while (heir && heir->group->id != 1 && !(heir->group->subreaper && heir->group->live)) heir = heir->parent;
  if (!heir) heir = find_process(1);
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->parent != &leader) continue;
    t->parent = heir;
    if (!t->is_leader()) continue;
    trace(Trace::reparented, t->pid, leader.pid, heir ? heir->pid : 0);
    if (t->parent_death_signal) send_kernel_signal(*t, t->parent_death_signal);
    if (t->state == TaskState::zombie && t->group->live == 0 && heir) {
      send_signal(*heir->group, child_info(*t->group, sig::child_exited, 0));
      children_changed.wake_all();
    }
  }
}

/// When the last process leaves a stopped orphaned group, its members get SIGHUP and SIGCONT.
void rescue_orphaned_groups(Task& leader) {
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->parent != &leader || !t->group->stopped || t->sid != leader.sid) continue;
    u32 pgid = t->pgid;
    SignalInfo hup, cont;
    hup.number = sig::HUP, cont.number = sig::CONT;
    hup.code = cont.code = sig::from_kernel;
    send_signal_to_process_group(pgid, hup);
    send_signal_to_process_group(pgid, cont);
  }
}

bool parent_ignores_children(const Task& parent) {
  const SignalAction& a = parent.group->actions->of[sig::CHLD];
  return a.handler == sig::ignore_handler || (a.flags & sig::no_child_wait);
}

/// Tells the parent; returns true if somebody will wait for this process (a zombie remains).
bool report_exit(Task& leader) {
  ThreadGroup& g = *leader.group;
  Task* parent = leader.parent;
  if (!parent) return false;
  u32 status = g.exit_status, number = status & 0x7f;
  i32 code = number == 0 ? sig::child_exited : status & 0x80 ? sig::child_dumped : sig::child_killed;
  bool zombie = g.exit_signal != sig::CHLD || !parent_ignores_children(*parent);
  if (g.exit_signal) {
    SignalInfo info = child_info(g, code, number ? number : status >> 8 & 0xff);
    info.number = static_cast<i32>(g.exit_signal);
    if (zombie || parent->group->actions->of[sig::CHLD].handler > sig::ignore_handler)
      send_signal(*parent->group, info);
  }
  return zombie;
}

void clear_tid(Task& task) {
  if (!task.clear_child_tid || !task.memory) return;
  if (task.memory->references() > 1) {
    (void)write_user(UserPtr<u32>{task.clear_child_tid}, u32{0});
    wake_futex(task.clear_child_tid, 1);
  }
  task.clear_child_tid = 0;
}

}  // namespace

WaitQueue& child_queue() { return children_changed; }

void release_vfork_parent(Task& task) {
  if (!task.vfork_parent) return;
  *task.vfork_done = true;
  WaitQueue* queue = task.vfork_parent;
  task.vfork_parent = nullptr;
  task.vfork_done = nullptr;
  queue->wake_all();
}

void notify_parent_of_stop(ThreadGroup& group, i32 code, u32 status) {
  Task* parent = group.leader->parent;
  if (!parent) return;
  if (!(parent->group->actions->of[sig::CHLD].flags & sig::no_child_stop))
    send_signal(*parent->group, child_info(group, code, status));
  children_changed.wake_all();
}

void exit_task(u32 status) {
  Task& self = *current;
  ThreadGroup& g = *self.group;
  if (g.id == 1 && (g.live == 1 || self.is_leader()))
    panic("Attempted to kill init! exitcode=0x%08x", g.exiting ? g.exit_status : status);
  clear_tid(self);
  self.exit_status = status;
  if (!g.exiting && self.is_leader() && g.live == 1) g.exit_status = status;
  g.live--;

  release_vfork_parent(self);
  write_cr3(kernel_page_root());
  self.memory = nullptr;
  self.page_root = 0, self.vma_head = nullptr, self.brk_start = self.brk_end = 0;
  self.files = nullptr;
  self.fs = nullptr;

  bool zombie = self.is_leader();
  if (g.live == 0) {
    Task& leader = *g.leader;
    if (!g.exiting) g.exit_status = leader.exit_status;
    leader.exit_status = g.exit_status;
    set_alarm(g, 0, 0);
    terminal_session_ended(leader);
    rescue_orphaned_groups(leader);
    give_children_away(leader);
    bool waited_for = report_exit(leader);
    trace(Trace::exited, leader.pid, g.exit_status, waited_for);
    if (&leader == &self) {
      zombie = waited_for;
    } else if (!waited_for) {
      leader.state = TaskState::dead;
      free_task(&leader);
    }
    children_changed.wake_all();
  }
  children_changed.wake_all();
  self.state = zombie ? TaskState::zombie : TaskState::dead;
  schedule(SwitchReason::exited);
  panic("a dead task ran");
}

void exit_group(u32 status) {
  ThreadGroup& g = *current->group;
  if (!g.exiting) {
    g.exiting = true;
    g.exit_status = status;
    for (Task* t = task_list; t; t = t->next_task) {
      if (t->group.get() != &g || t == current) continue;
      wake(*t);
      if (t->state == TaskState::stopped) make_ready(*t);
    }
  }
  exit_task(g.exit_status);
}

void end_other_threads() {
  ThreadGroup& g = *current->group;
  if (g.live == 1) return;
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group.get() == &g && t != current) {
      t->exit_requested = true;
      wake(*t);
    }
  while (g.live > 1) (void)sleep_killable(children_changed, WaitReason::other);
}

}  // namespace lucid::kernel
