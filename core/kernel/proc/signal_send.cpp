// SPDX-License-Identifier: MIT
// Sending signals: who gets it, what it cancels, whom it wakes.
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/mm/heap.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

WaitQueue blocked_signal_arrived;

namespace {

bool ignored(const Task& task, u32 number) {
  if ((task.blocked | task.awaited) & sig::bit(number))
    return false;  // a blocked signal stays pending: the action may change
  u64 handler = task.group->actions->of[number].handler;
  if (handler == sig::ignore_handler) return true;
  return handler == sig::default_handler && (sig::ignored_by_default & sig::bit(number)) != 0;
}

/// init gets only signals it has handlers for (and its own faults, which force_signal sends).
bool protected_init(const Task& task, u32 number) {
  return task.group->id == 1 && task.group->actions->of[number].handler == sig::default_handler;
}

/// Makes the thread look at its signals: wakes it if it sleeps and may be disturbed.
void notify(Task& task, u32 number) {
  if (task.state == TaskState::sleeping && (!task.killable_only || number == sig::KILL)) wake(task);
  if (task.state == TaskState::stopped && number == sig::KILL) {
    task.wait_reason = WaitReason::none;
    make_ready(task);
  }
}

/// A blocked signal is news for signalfd only.
void notify_unless_blocked(Task& task, u32 number) {
  if (task.blocked & sig::bit(number))
    blocked_signal_arrived.wake_all();
  else
    notify(task, number);
}

void continue_group(ThreadGroup& group) {
  if (!group.stopped) return;
  group.stopped = false;
  group.report_stop = false;
  group.report_continue = true;
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->group.get() != &group || t->state != TaskState::stopped) continue;
    t->wait_reason = WaitReason::none;
    make_ready(*t);
  }
  notify_parent_of_stop(group, sig::child_continued, sig::CONT);
}

/// SIGCONT cancels pending stops, and a stop cancels a pending SIGCONT, whatever is blocked or ignored.
void before_sending(ThreadGroup& group, u32 number) {
  u64 cancels = number == sig::CONT ? sig::stops : sig::stops & sig::bit(number) ? sig::bit(sig::CONT) : 0;
  if (cancels) {
    group.pending.discard(cancels);
    for (Task* t = task_list; t; t = t->next_task)
      if (t->group.get() == &group) t->pending.discard(cancels);
  }
  if (number == sig::CONT || number == sig::KILL) continue_group(group);
}

void announce(const Task& target, u32 number, i32 code) {
  trace(Trace::signal_sent, code <= 0 && current ? current->pid : 0, target.pid, number);
}

}  // namespace

bool PendingSignals::add(const SignalInfo& info) {
  bool already = set_ & sig::bit(info.number), real_time = info.number >= static_cast<i32>(sig::first_real_time);
  if (already && !real_time) return true;
  bool room = count_ < most_queued;
  if (!room && real_time && info.code == sig::queued) return false;
  set_ |= sig::bit(info.number);
  Node* node = room ? new (or_null) Node{nullptr, info} : nullptr;
  if (!node) return true;  // delivered without details
  count_++;
  (tail_ ? tail_->next : head_) = node;
  tail_ = node;
  return true;
}

bool PendingSignals::take(u64 wanted, SignalInfo& info) {
  u64 candidates = set_ & wanted;
  if (!candidates) return false;
  if (candidates & sig::synchronous) candidates &= sig::synchronous;
  u32 number = static_cast<u32>(__builtin_ctzl(candidates)) + 1;
  info = {};
  info.number = static_cast<i32>(number);
  bool more = false, found = false;
  Node* previous = nullptr;
  for (Node* n = head_; n;) {
    Node* next = n->next;
    if (n->info.number == static_cast<i32>(number)) {
      if (found) {
        more = true;
        break;
      }
      found = true;
      info = n->info;
      (previous ? previous->next : head_) = next;
      if (tail_ == n) tail_ = previous;
      count_--;
      delete n;
    } else {
      previous = n;
    }
    n = next;
  }
  if (!more) set_ &= ~sig::bit(number);
  return true;
}

void PendingSignals::discard(u64 which) {
  if (!(set_ & which)) return;
  set_ &= ~which;
  Node* previous = nullptr;
  for (Node* n = head_; n;) {
    Node* next = n->next;
    if (which & sig::bit(static_cast<u32>(n->info.number))) {
      (previous ? previous->next : head_) = next;
      if (tail_ == n) tail_ = previous;
      count_--;
      delete n;
    } else {
      previous = n;
    }
    n = next;
  }
}

bool PendingSignals::holds_timer(i32 id) const {
  for (const Node* n = head_; n; n = n->next)
    if (n->info.code == sig::from_timer && n->info.timer.id == id) return true;
  return false;
}

bool take_signal(u64 wanted, SignalInfo& info) {
  if (!current->pending.take(wanted, info) && !current->group->pending.take(wanted, info)) return false;
  settle_timer_signal(*current->group, info);
  return true;
}

SignalInfo user_signal(u32 number, i32 code) {
  SignalInfo info;
  info.number = static_cast<i32>(number);
  info.code = code;
  info.sender = {current->group->id, current->credentials.uid, 0};
  return info;
}

bool send_signal(ThreadGroup& group, const SignalInfo& info) {
  u32 number = static_cast<u32>(info.number);
  Task* leader = group.leader;
  if (!leader || group.live == 0) return true;
  before_sending(group, number);
  announce(*leader, number, info.code);
  // A thread that does not block it; the leader if there is a choice.
  Task* target = nullptr;
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->group.get() != &group || t->state == TaskState::zombie || t->state == TaskState::dead) continue;
    if (!target || (t == leader && !(t->blocked & sig::bit(number)))) target = t;
    if (target->blocked & sig::bit(number)) target = t;
  }
  if (!target || protected_init(*target, number) || ignored(*target, number)) return true;
  if (!group.pending.add(info)) return false;
  if (number == sig::KILL) {
    for (Task* t = task_list; t; t = t->next_task)
      if (t->group.get() == &group) notify(*t, number);
    return true;
  }
  notify_unless_blocked(*target, number);
  return true;
}

bool send_signal_to_thread(Task& task, const SignalInfo& info) {
  u32 number = static_cast<u32>(info.number);
  if (task.state == TaskState::zombie || task.state == TaskState::dead) return true;
  before_sending(*task.group, number);
  announce(task, number, info.code);
  if (protected_init(task, number) || ignored(task, number)) return true;
  if (!task.pending.add(info)) return false;
  notify_unless_blocked(task, number);
  return true;
}

void send_signal_to_process_group(u32 pgid, const SignalInfo& info) {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->pgid == pgid && t->is_leader()) (void)send_signal(*t->group, info);
}

void send_kernel_signal(Task& task, u32 number) {
  SignalInfo info;
  info.number = static_cast<i32>(number);
  info.code = sig::from_kernel;
  send_signal_to_thread(task, info);
}

void force_signal(const SignalInfo& info) {
  u32 number = static_cast<u32>(info.number);
  SignalAction& action = current->group->actions->of[number];
  if ((current->blocked & sig::bit(number)) || action.handler == sig::ignore_handler) {
    action.handler = sig::default_handler;
    current->blocked &= ~sig::bit(number);
  }
  announce(*current, number, info.code);
  current->pending.add(info);
}

bool fatal_signal_pending(const Task& task) {
  return task.group->exiting || task.exit_requested || (pending_signals(task) & sig::bit(sig::KILL));
}

void set_blocked(u64 mask) { current->blocked = mask & ~sig::unblockable; }

}  // namespace lucid::kernel
