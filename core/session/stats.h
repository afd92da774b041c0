// SPDX-License-Identifier: MIT
// What a run has done so far, in numbers.
#pragma once
#include "core/base/types.h"
#include "core/trace/event.h"

namespace lucid::session {

struct Stats {
  u64 instructions = 0;
  u64 time = 0;  // ticks of 10 ns
  u64 page_faults = 0;
  u64 cow_copies = 0;
  u64 context_switches = 0;
  u64 system_calls = 0;
  u64 interrupts = 0;
  u64 forks = 0;
  u64 execs = 0;
  u64 signals = 0;

  /// All but instructions and time.
  void count(const trace::Event& event);
};

}  // namespace lucid::session
