// SPDX-License-Identifier: MIT
// Something that happens at a point in time. The PIT tick looks whose time has come.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { stop(); }
  /// `deadline`: nanoseconds since boot. A running timer is started anew.
  void start(u64 deadline);
  void stop();
  bool running() const { return deadline_; }
  u64 deadline() const { return deadline_; }
  /// Its time has come; it does not run any more, but may start itself again.
  virtual void expired(u64 now) = 0;

 private:
  friend void expire_timers();
  friend bool timers_due();
  u64 deadline_ = 0;
  Timer* next_ = nullptr;  // by deadline, soonest first
};

/// A deadline and the interval at which it repeats (0: not at all), on any clock.
struct Schedule {
  u64 deadline = 0, interval = 0;
  /// Moves past `now`; how many times it fell due beyond the first.
  u64 advance(u64 now) {
    if (!interval) {
      deadline = 0;
      return 0;
    }
    u64 missed = (now - deadline) / interval;
    deadline += (missed + 1) * interval;
    return missed;
  }
  u64 left(u64 now) const { return !deadline ? 0 : deadline > now ? deadline - now : 1; }
};

}  // namespace lucid::kernel
