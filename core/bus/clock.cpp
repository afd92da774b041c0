// SPDX-License-Identifier: MIT
#include "core/bus/clock.h"

#include <algorithm>

namespace lucid::bus {

TimerId Clock::add_timer(TimerClient& client) {
  clients_.push_back(&client);
  deadlines_.push_back(never);
  return static_cast<TimerId>(clients_.size() - 1);
}

void Clock::schedule(TimerId id, u64 deadline) {
  deadlines_[id] = deadline;
  update_next();
}

void Clock::fire_due() {
  while (next_ <= now()) {
    const auto due = std::min_element(deadlines_.begin(), deadlines_.end());
    *due = never;
    update_next();
    clients_[static_cast<size_t>(due - deadlines_.begin())]->on_timer();
  }
}

void Clock::restore(u64 retired_count, u64 skipped_ticks, const std::vector<u64>& deadlines) {
  retired = retired_count;
  skipped = skipped_ticks;
  std::copy_n(deadlines.begin(), std::min(deadlines.size(), deadlines_.size()), deadlines_.begin());
  update_next();
}

void Clock::update_next() {
  next_ = never;
  for (const u64 deadline : deadlines_) next_ = std::min(next_, deadline);
}

}  // namespace lucid::bus
