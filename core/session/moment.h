// SPDX-License-Identifier: MIT
#pragma once
#include <compare>

#include "core/base/types.h"

namespace lucid::session {

/// A state of the machine by its place in the run. Every instruction, fault and interrupt costs a
/// tick, so times are unique and moments are compared by time.
struct Moment {
  u64 instruction = 0;  // retired
  u64 time = 0;         // ticks of 10 ns
  friend auto operator<=>(Moment a, Moment b) { return a.time <=> b.time; }
  friend bool operator==(Moment a, Moment b) { return a.time == b.time; }
};

}  // namespace lucid::session
