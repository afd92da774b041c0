// SPDX-License-Identifier: MIT
#include "core/kernel/proc/process_timers.h"

#include "core/kernel/proc/clocks.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {
namespace {

constexpr u64 second = 1'000'000'000;
constexpr i32 notify_nothing = 1;

void send_timer_signal(ThreadGroup& group, u32 number) {
  SignalInfo info;
  info.number = static_cast<i32>(number);
  info.code = sig::from_kernel;
  send_signal(group, info);
}

void check_interval(ThreadGroup& group, Schedule& schedule, u64 now, u32 number) {
  if (!schedule.deadline || now < schedule.deadline) return;
  schedule.advance(now);
  send_timer_signal(group, number);
}

/// SIGXCPU at the soft limit and every second after it, SIGKILL at the hard one.
void check_limit(ThreadGroup& group, u64 now) {
  ResourceLimit& l = group.limits[limit::cpu];
  u64 seconds = now / second;
  if (seconds < l.soft) return;
  if (seconds >= l.hard) {
    send_timer_signal(group, sig::KILL);
    return;
  }
  l.soft = seconds + 1;
  send_timer_signal(group, sig::XCPU);
}

}  // namespace

void AlarmTimer::set(const Schedule& schedule) {
  schedule_ = schedule;
  if (schedule.deadline)
    start(schedule.deadline);
  else
    stop();
}

void AlarmTimer::expired(u64 now) {
  schedule_.advance(now);
  set(schedule_);
  send_timer_signal(group_, sig::ALRM);
}

u64 PosixTimer::now() const {
  Result<u64> t = read_clock_of(group_, thread, clock);
  return t.ok() ? t.value() : 0;
}

void PosixTimer::set(const Schedule& schedule) {
  schedule_ = schedule;
  if (schedule.deadline && !is_cpu_clock(clock))
    start(schedule.deadline);
  else
    stop();
  update_cpu_watch(group_);
}

void PosixTimer::expired(u64 now) {
  u64 missed = schedule_.advance(now);
  set(schedule_);
  if (notify == notify_nothing) return;
  Task* target = thread ? find_task(thread) : nullptr;
  bool to_thread = target && target->group.get() == &group_;
  PendingSignals& queue = to_thread ? target->pending : group_.pending;
  if (queue.holds_timer(id)) {
    overrun += static_cast<u32>(missed + 1);
    return;
  }
  overrun = static_cast<u32>(missed);
  SignalInfo info;
  info.number = static_cast<i32>(number);
  info.code = sig::from_timer;
  info.timer = {id, 0, value};
  if (to_thread)
    send_signal_to_thread(*target, info);
  else
    send_signal(group_, info);
}

PosixTimer* ProcessTimers::find(i32 id) const {
  for (PosixTimer* t = posix; t; t = t->next)
    if (t->id == id) return t;
  return nullptr;
}

void ProcessTimers::remove(PosixTimer* timer) {
  PosixTimer** link = &posix;
  while (*link && *link != timer) link = &(*link)->next;
  if (*link) *link = timer->next;
  delete timer;
}

void ProcessTimers::remove_posix() {
  while (posix) remove(posix);
}

void ProcessTimers::stop_all() {
  alarm.set({});
  virtual_time = profile = {};
  remove_posix();
}

void update_cpu_watch(ThreadGroup& group) {
  ProcessTimers& t = group.timers;
  t.on_cpu_time = t.virtual_time.deadline || t.profile.deadline || group.limits[limit::cpu].soft != unlimited;
  for (PosixTimer* p = t.posix; p; p = p->next) t.on_cpu_time |= is_cpu_clock(p->clock) && p->schedule().deadline;
}

void check_cpu_timers(ThreadGroup& group) {
  ProcessTimers& t = group.timers;
  u64 now = processor_time(group);
  check_interval(group, t.virtual_time, user_time(group), sig::VTALRM);
  check_interval(group, t.profile, now, sig::PROF);
  for (PosixTimer* p = t.posix; p; p = p->next) {
    if (!is_cpu_clock(p->clock) || !p->schedule().deadline) continue;
    u64 mine = p->now();
    if (mine >= p->schedule().deadline) p->expired(mine);
  }
  if (group.limits[limit::cpu].soft != unlimited) check_limit(group, now);
}

void settle_timer_signal(ThreadGroup& group, SignalInfo& info) {
  if (info.code != sig::from_timer) return;
  PosixTimer* t = group.timers.find(info.timer.id);
  if (!t) return;
  t->last_overrun = t->overrun;
  t->overrun = 0;
  info.timer.overrun = static_cast<i32>(t->last_overrun);
}

}  // namespace lucid::kernel
