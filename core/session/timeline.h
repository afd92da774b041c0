// SPDX-License-Identifier: MIT
// Keyframes: moments of a run that can be gone back to at once. All others are reached from the
// keyframe before them, by running. They are dense where the reader is and where the run ends, and
// thin out with distance, so that any moment is near one as far as the budget of memory allows.
#pragma once
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "core/inspect/strace.h"
#include "core/machine/snapshot.h"
#include "core/session/moment.h"
#include "core/session/output_capture.h"
#include "core/session/process_colours.h"
#include "core/session/stats.h"

namespace lucid::session {

/// The system calls that processes are in: number by pid.
using OpenCalls = std::map<u32, u64>;

struct Keyframe {
  Moment at;
  bool halted = false;  // the instruction count was reached earlier than `at.time`, perhaps
  std::shared_ptr<const machine::Snapshot> machine;
  Stats stats;
  ProcessColours colours;
  OpenCalls open_calls;
  std::array<OutputCapture, 2> output;
  inspect::Strace strace;
  u64 recorded_events = 0;
};

class Timeline {
 public:
  /// Instructions between keyframes of a run that writes little …
  static constexpr u64 interval = 1'000'000;
  /// … and per frame written since: noticing that and copying it costs about as much as running 1,000 instructions,
  /// and recording should not be felt.
  static constexpr u64 interval_per_frame = 40'000;
  /// From this distance on (instructions) keyframes are kept equally dense: a fifth of a second of running.
  static constexpr u64 far_away = 60'000'000;
  /// The way from a keyframe that is kept short while memory allows.
  static constexpr u64 short_way = 100'000'000;

  bool empty() const { return keyframes_.empty(); }
  u64 size() const { return keyframes_.size(); }
  const std::vector<Keyframe>& keyframes() const { return keyframes_; }

  /// In order of time; one that is there already is replaced.
  void add(Keyframe keyframe);
  /// The last at or before a time. Never null once the run's beginning was added.
  const Keyframe* at_or_before(u64 time) const;
  /// Whether one lies within `distance` instructions.
  bool has_near(u64 instruction, u64 distance) const;
  /// The last from which the first moment with this many instructions can be reached.
  const Keyframe* before_instruction(u64 instruction) const;
  void forget_after(u64 time);
  void clear() { keyframes_.clear(); }
  /// The keyframe that is missed least by a reader at `here` (instructions) of a run up to `end`; never the
  /// first: 0 = there is none to remove.
  size_t least_missed(u64 here, u64 end) const;
  /// Without it, moments up to the next keyframe are reached from the one before it: so far away.
  u64 way_without(size_t i, u64 end) const;
  void remove(size_t i);

 private:
  std::vector<Keyframe> keyframes_;
};

}  // namespace lucid::session
