// SPDX-License-Identifier: MIT
#include "core/kernel/proc/timers.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/proc/timer.h"

namespace lucid::kernel {
namespace {

Task* sleepers = nullptr;  // by deadline, soonest first
Timer* timers = nullptr;   // the same

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

void Timer::start(u64 deadline) {
  stop();
  deadline_ = deadline ? deadline : 1;
  Timer** link = &timers;
  while (*link && (*link)->deadline_ <= deadline_) link = &(*link)->next_;
  next_ = *link;
  *link = this;
}

void Timer::stop() {
  if (!deadline_) return;
  Timer** link = &timers;
  while (*link && *link != this) link = &(*link)->next_;
  if (*link) *link = next_;
  next_ = nullptr;
  deadline_ = 0;
}

void expire_timers() {
  if (!timers_armed()) return;
  u64 now = nanoseconds_since_boot();
  while (sleepers && sleepers->deadline <= now) wake(*sleepers);
  while (timers && timers->deadline_ <= now) {
    Timer& due = *timers;
    due.stop();
    due.expired(now);
  }
}

bool timers_armed() { return sleepers || timers; }

bool timers_due() {
  u64 now = timers_armed() ? nanoseconds_since_boot() : 0;
  return (sleepers && sleepers->deadline <= now) || (timers && timers->deadline_ <= now);
}

}  // namespace lucid::kernel
