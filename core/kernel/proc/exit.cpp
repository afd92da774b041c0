// SPDX-License-Identifier: MIT
#include "core/kernel/proc/exit.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/drivers/tty.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/proc/clocks.h"
#include "core/kernel/proc/futex.h"
#include "core/kernel/proc/sched.h"

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
                static_cast<i64>(processor_time(group) / 10'000'000),
                0};
  return info;
}

/// A parent and its child, or the other way round, part: when that leaves the child's group orphaned
/// with somebody stopped in it, its members get SIGHUP and SIGCONT.
void after_parting(const Task& child, const Task& parent, const Task* without) {
  u32 pgid = child.pgid;
  if (parent.pgid == pgid || parent.sid != child.sid || !is_orphaned_group(pgid, without)) return;
  bool stopped = false;
  for (Task* t = task_list; t; t = t->next_task) stopped |= t->pgid == pgid && t->is_leader() && t->group->stopped;
  if (!stopped) return;
  SignalInfo hup, cont;
  hup.number = sig::HUP, cont.number = sig::CONT;
  hup.code = cont.code = sig::from_kernel;
  send_signal_to_process_group(pgid, hup);
  send_signal_to_process_group(pgid, cont);
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
    t->group->exit_signal = sig::CHLD;
    trace(Trace::reparented, t->pid, leader.pid, heir ? heir->pid : 0);
    after_parting(*t, leader, nullptr);
    if (t->parent_death_signal) send_kernel_signal(*t, t->parent_death_signal);
    if (t->state == TaskState::zombie && t->group->live == 0 && heir) {
      send_signal(*heir->group, child_info(*t->group, sig::child_exited, 0));
      children_changed.wake_all();
    }
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

/// What getrusage still tells when the thread is gone.
void remember_usage(const Task& task) {
  ThreadGroup& g = *task.group;
  if (!task.is_leader()) {
    g.minor_faults += task.minor_faults;
    g.major_faults += task.major_faults;
    g.voluntary_switches += task.voluntary_switches;
    g.involuntary_switches += task.involuntary_switches;
  }
  if (task.memory) g.most_resident_kib = max(g.most_resident_kib, task.memory->most_resident * page_size / 1024);
}

/// Lets the parent of a vfork child go on.
void release_vfork_parent(Task& task) {
  if (!task.vfork_parent) return;
  *task.vfork_done = true;
  WaitQueue* queue = task.vfork_parent;
  task.vfork_parent = nullptr;
  task.vfork_done = nullptr;
  queue->wake_all();
}

/// Makes a thread that sleeps or is stopped see to its end.
void rouse(Task& task) {
  wake(task);
  if (task.state == TaskState::stopped) make_ready(task);
}

/// The last thread of a process takes the place of its leader, which has exited: PID, children and all.
void replace_leader() {
  Task &self = *current, &old = *self.group->leader;
  if (&old == &self) return;
  for (Task* t = task_list; t; t = t->next_task)
    if (t->parent == &old) t->parent = &self;
  u32 pid = self.pid;
  self.pid = old.pid;
  old.pid = pid;
  self.started_at = old.started_at;
  self.group->leader = &self;
  free_task(&old);
}

}  // namespace

WaitQueue& child_queue() { return children_changed; }

bool is_orphaned_group(u32 pgid, const Task* without) {
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->pgid != pgid || !t->is_leader() || t == without || t->group->live == 0) continue;
    if (!t->parent || t->parent->group->id == 1) continue;
    if (t->parent->pgid != pgid && t->parent->sid == t->sid) return false;
  }
  return true;
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
  self.exit_status = status;
  remember_usage(self);
  g.live--;

  leave_memory(self);
  self.page_root = 0, self.vma_head = nullptr, self.brk_start = self.brk_end = 0;
  self.files = nullptr;
  self.fs = nullptr;
  look_after_detached_mounts();

  bool zombie = self.is_leader();
  if (g.live == 0) {
    Task& leader = *g.leader;
    if (!g.exiting) g.exit_status = status;  // of the last thread
    leader.exit_status = g.exit_status;
    g.timers.stop_all();
    terminal_session_ended(leader);
    if (leader.parent) after_parting(leader, *leader.parent, &leader);
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
  if (!zombie) unlist_task(self);
  disable_interrupts();  // a task that is not running must not be preempted
  self.state = zombie ? TaskState::zombie : TaskState::dead;
  schedule(SwitchReason::exited);
  panic("a dead task ran");
}

void exit_group(u32 status) {
  ThreadGroup& g = *current->group;
  if (!g.exiting) {
    g.exiting = true;
    g.exit_status = status;
    for (Task* t = task_list; t; t = t->next_task)
      if (t->group.get() == &g && t != current) rouse(*t);
  }
  exit_task(g.exit_status);
}

void leave_memory(Task& task) {
  mark_held_futexes_dead(task);
  clear_tid(task);
  release_vfork_parent(task);
  write_cr3(kernel_page_root());
  task.memory = nullptr;
}

Status end_other_threads() {
  ThreadGroup& g = *current->group;
  if (fatal_signal_pending(*current)) return Errno::AGAIN;
  if (g.live > 1) {
    for (Task* t = task_list; t; t = t->next_task)
      if (t->group.get() == &g && t != current && t->state != TaskState::zombie) {
        t->exit_requested = true;
        rouse(*t);
      }
    while (g.live > 1)
      if (sleep_killable(children_changed, WaitReason::other) == Wake::signal) return Errno::AGAIN;
  }
  replace_leader();
  return {};
}

}  // namespace lucid::kernel
