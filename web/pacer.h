// SPDX-License-Identifier: MIT
// Lets a machine run at a chosen speed beside the clock on the wall: so many instructions a second
// while it computes, and halted time no faster than real time, so that `sleep 1` takes a second and
// an idle machine costs nothing. All clocks come in from outside; the machine itself has none.
#pragma once
#include <functional>

#include "core/session/session.h"

namespace lucid::web {

class Pacer {
 public:
  static constexpr double full_speed = 0;  // as fast as the host can
  static constexpr double ticks_per_ms = 100'000;

  /// What to do after a call of advance().
  struct Next {
    bool finished = false;  // a breakpoint, the end of the run, or an event asked for: time stands still now
    bool idle = false;      // only a command can wake the machine
    double wait_ms = 0;     // else: call again this much later
  };

  explicit Pacer(std::function<double()> clock_ms) : clock_ms_(std::move(clock_ms)) {}

  /// Instructions per second; full_speed = no limit.
  void set_speed(double instructions_per_second);
  double speed() const { return speed_; }
  /// Time starts to pass now (after a pause, a reset, or a hidden page): nothing is caught up.
  void start();
  /// A command was submitted: a halted machine must look at it. What it was behind is not caught up.
  void wake() { woken_ = fresh_ = true; }
  /// Runs for at most `budget_ms` of the host's time.
  Next advance(session::Session& session, double budget_ms);

 private:
  void earn(double now);
  /// The virtual time (ticks) that the wall clock has reached.
  double due(double now) const { return anchor_ticks_ + (now - anchor_ms_) * ticks_per_ms; }
  Next wait_for_instruction() const;

  std::function<double()> clock_ms_;
  double speed_ = full_speed;
  double credit_ = 0;     // instructions earned and not yet run
  double earned_at_ = 0;  // wall clock of the last earn()
  double anchor_ms_ = 0, anchor_ticks_ = 0;
  u64 chunk_ = 20'000;  // instructions between two looks at the wall clock
  bool fresh_ = true;   // no anchor yet
  bool woken_ = false;
};

}  // namespace lucid::web
