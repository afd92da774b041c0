// SPDX-License-Identifier: MIT
#include "core/kernel/proc/timers.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {
namespace {

Task* sleepers = nullptr;  // by deadline, soonest first
u32 alarms = 0;            // processes with a running alarm

void expire_alarms(u64 now) {
  for (Task* task = task_list; task && alarms; task = task->next_task) {
    ThreadGroup& g = *task->group;
    if (!task->is_leader() || !g.alarm_deadline || now < g.alarm_deadline) continue;
    u64 next = g.alarm_interval ? g.alarm_deadline + g.alarm_interval : 0;
    if (next && next <= now) next = now + g.alarm_interval;
    set_alarm(g, next, g.alarm_interval);
    SignalInfo info;
    info.number = sig::ALRM;
    info.code = sig::from_kernel;
    send_signal(g, info);
  }
}

}  // namespace

void set_deadline(Task& task, u64 deadline) {
  task.deadline = deadline;
  Task** link = &sleepers;
  while (*link && (*link)->deadline <= deadline) link = &(*link)->timer_next;
  task.timer_next = *link;
  *link = &task;
}

void cancel_deadline(Task& task) {
  if (!task.deadline) return;
  Task** link = &sleepers;
  while (*link && *link != &task) link = &(*link)->timer_next;
  if (*link) *link = task.timer_next;
  task.timer_next = nullptr;
  task.deadline = 0;
}

void set_alarm(ThreadGroup& group, u64 deadline, u64 interval) {
  alarms += (deadline != 0) - (group.alarm_deadline != 0);
  group.alarm_deadline = deadline;
  group.alarm_interval = interval;
}

void expire_timers() {
  if (!timers_armed()) return;
  u64 now = nanoseconds_since_boot();
  while (sleepers && sleepers->deadline <= now) wake(*sleepers);
  if (alarms) expire_alarms(now);
}

bool timers_armed() { return sleepers || alarms; }

}  // namespace lucid::kernel
