// SPDX-License-Identifier: MIT
#include "web/pacer.h"

#include <algorithm>
#include <limits>

#include "core/bus/clock.h"

namespace lucid::web {
namespace {

constexpr double forever = std::numeric_limits<double>::infinity();
constexpr double most_behind_ms = 100;  // further behind the wall clock, lost time is given up
constexpr u64 least_chunk = 2'000, most_chunk = 4'000'000;

bool ends_run(session::Stop stop) { return stop != session::Stop::limit && stop != session::Stop::idle; }

}  // namespace

void Pacer::set_speed(double instructions_per_second) {
  speed_ = std::max(0.0, instructions_per_second);
  credit_ = 0;
}

void Pacer::start() {
  fresh_ = true;
  credit_ = 0;
  earned_at_ = clock_ms_();
}

void Pacer::earn(double now) {
  const double most = std::max(1.0, speed_ * most_behind_ms / 1000);
  credit_ = std::min(credit_ + (now - earned_at_) * speed_ / 1000, most);
  earned_at_ = now;
}

Pacer::Next Pacer::wait_for_instruction() const { return {.wait_ms = (1 - credit_) * 1000 / speed_}; }

Pacer::Next Pacer::advance(session::Session& session, double budget_ms) {
  const double begin = clock_ms_();
  double now = begin;
  if (speed_ != full_speed) earn(now);
  for (;;) {
    if (session.over()) return {.finished = true};
    // The machine ran ahead, or the host fell far behind: measure from here.
    const double ticks = static_cast<double>(session.time());
    if (fresh_ || ticks > due(now) || ticks < due(now) - most_behind_ms * ticks_per_ms) {
      anchor_ms_ = now;
      anchor_ticks_ = ticks;
      fresh_ = false;
    }
    const bool halted = session.halted();
    const double wakes_at =
        halted && session.wakes_at() != bus::never ? static_cast<double>(session.wakes_at()) : forever;
    if (halted && !woken_) {
      if (wakes_at == forever && session.last_stop() == session::Stop::idle) return {.idle = true};
      if (wakes_at != forever && wakes_at > due(now)) return {.wait_ms = (wakes_at - due(now)) / ticks_per_ms};
    }
    session::RunLimits limits;
    limits.instructions = chunk_;
    if (speed_ != full_speed) {
      if (credit_ < 1 && !halted) return wait_for_instruction();
      limits.instructions = std::max<u64>(1, std::min<u64>(chunk_, static_cast<u64>(credit_)));
    }
    // Halted time passes up to the alarm, and not at all when a command is what wakes the machine.
    limits.until_time = session.time() + limits.instructions;
    if (halted && !woken_)
      limits.until_time = std::max(session.time() + 1, static_cast<u64>(std::min(wakes_at, due(now))));
    woken_ = false;
    const u64 before = session.instruction();
    const session::Stop stop = session.run(limits);
    const u64 ran = session.instruction() - before;
    if (speed_ != full_speed) credit_ -= static_cast<double>(ran);
    if (ends_run(stop)) return {.finished = true};
    if (stop == session::Stop::idle) return {.idle = true};

    const double after = clock_ms_();
    // About 2 ms between two looks: short enough for the budget, and engines replace a WebAssembly
    // function by its optimized form only when it is entered anew.
    if (ran == limits.instructions && ran == chunk_) {
      if (after - now < 1) chunk_ = std::min(chunk_ * 2, most_chunk);
      if (after - now > 4) chunk_ = std::max(chunk_ / 2, least_chunk);
    }
    now = after;
    if (now - begin >= budget_ms) return {};
  }
}

}  // namespace lucid::web
