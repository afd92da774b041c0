// SPDX-License-Identifier: MIT
// Virtual time. One retired instruction is one tick of 10 ns; while the processor is halted the
// clock jumps to the next deadline. There is no other time in core.
//
//   now = retired + skipped
//
// The CPU stores its count into `retired` before every port access, event and return, so devices
// and log always see exact time. Devices compute lazily from now() and keep one deadline each;
// deadlines that are equal fire in the order of registration.
#pragma once
#include <vector>

#include "core/base/types.h"

namespace lucid::bus {

constexpr u64 ticks_per_second = 100'000'000;
constexpr u64 never = ~u64{0};

class TimerClient {
 public:
  virtual void on_timer() = 0;

 protected:
  ~TimerClient() = default;
};

using TimerId = u32;

class Clock {
 public:
  u64 retired = 0;  // instructions since reset
  u64 skipped = 0;  // ticks that passed while halted

  u64 now() const { return retired + skipped; }

  /// Registers a client once, while the board is wired; the id is stable for the machine's life.
  TimerId add_timer(TimerClient& client);
  /// Sets or moves the deadline (absolute ticks); `never` cancels.
  void schedule(TimerId id, u64 deadline);
  u64 next_deadline() const { return next_; }
  /// Calls on_timer of every client whose deadline is due, earliest first. The deadline is cleared
  /// before the call, so a periodic client schedules itself again.
  void fire_due();

  /// Plain state for snapshots: deadlines by timer id.
  const std::vector<u64>& deadlines() const { return deadlines_; }
  void restore(u64 retired_count, u64 skipped_ticks, const std::vector<u64>& deadlines);

 private:
  void update_next();

  std::vector<TimerClient*> clients_;
  std::vector<u64> deadlines_;
  u64 next_ = never;
};

}  // namespace lucid::bus
