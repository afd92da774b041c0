// SPDX-License-Identifier: MIT
// The timers of a process: setitimer's three, those of timer_create, and the limit on processor time.
// Timers on processor time are looked at by the tick while the process runs.
#pragma once
#include "core/kernel/lib/errno.h"
#include "core/kernel/proc/signal.h"
#include "core/kernel/proc/timer.h"

namespace lucid::kernel {

/// ITIMER_REAL.
class AlarmTimer : public Timer {
 public:
  explicit AlarmTimer(ThreadGroup& group) : group_(group) {}
  void set(const Schedule& schedule);
  const Schedule& schedule() const { return schedule_; }
  void expired(u64 now) override;

 private:
  ThreadGroup& group_;
  Schedule schedule_;
};

/// One of timer_create(2). While its signal is pending further expirations are only counted.
class PosixTimer : public Timer {
 public:
  explicit PosixTimer(ThreadGroup& group) : group_(group) {}
  void set(const Schedule& schedule);
  void expired(u64 now) override;
  u64 now() const;
  const Schedule& schedule() const { return schedule_; }

  PosixTimer* next = nullptr;
  i32 id = 0, clock = 0;
  i32 notify = 0;  // sigev_notify
  u32 number = 0;  // of the signal
  u32 thread = 0;  // who gets it, and whose clock it is: 0 = the process
  u64 value = 0;
  u32 overrun = 0, last_overrun = 0;

 private:
  ThreadGroup& group_;
  Schedule schedule_;
};

struct ProcessTimers {
  explicit ProcessTimers(ThreadGroup& group) : alarm(group) {}
  ~ProcessTimers() { remove_posix(); }
  PosixTimer* find(i32 id) const;
  void remove(PosixTimer* timer);
  void remove_posix();
  void stop_all();

  AlarmTimer alarm;
  Schedule virtual_time, profile;  // on processor time, ns
  PosixTimer* posix = nullptr;
  bool on_cpu_time = false;  // does the tick have to look?
};

/// After any change of a timer on processor time or of RLIMIT_CPU.
void update_cpu_watch(ThreadGroup& group);
/// The running process was hit by a tick.
void check_cpu_timers(ThreadGroup& group);
/// A timer's signal is about to be told to the program: fills in how often it was missed.
void settle_timer_signal(ThreadGroup& group, SignalInfo& info);

}  // namespace lucid::kernel
