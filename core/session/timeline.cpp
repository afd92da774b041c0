// SPDX-License-Identifier: MIT
#include "core/session/timeline.h"

#include <algorithm>

namespace lucid::session {
namespace {

bool earlier(const Keyframe& keyframe, u64 time) { return keyframe.at.time < time; }

u64 distance(u64 a, u64 b) { return a < b ? b - a : a - b; }

}  // namespace

void Timeline::add(Keyframe keyframe) {
  const auto at = std::lower_bound(keyframes_.begin(), keyframes_.end(), keyframe.at.time, earlier);
  if (at != keyframes_.end() && at->at == keyframe.at) {
    *at = std::move(keyframe);
  } else {
    keyframes_.insert(at, std::move(keyframe));
  }
}

const Keyframe* Timeline::at_or_before(u64 time) const {
  const auto after = std::lower_bound(keyframes_.begin(), keyframes_.end(), time + 1, earlier);
  return after == keyframes_.begin() ? nullptr : &*(after - 1);
}

bool Timeline::has_near(u64 instruction, u64 reach) const {
  return std::any_of(keyframes_.begin(), keyframes_.end(),
                     [&](const Keyframe& each) { return distance(each.at.instruction, instruction) <= reach; });
}

const Keyframe* Timeline::before_instruction(u64 instruction) const {
  const Keyframe* best = nullptr;
  for (const Keyframe& each : keyframes_) {
    if (each.at.instruction > instruction || (each.at.instruction == instruction && each.halted)) break;
    best = &each;
  }
  return best;
}

void Timeline::forget_after(u64 time) {
  keyframes_.erase(std::lower_bound(keyframes_.begin(), keyframes_.end(), time + 1, earlier), keyframes_.end());
}

u64 Timeline::way_without(size_t i, u64 end) const {
  const u64 next = i + 1 < keyframes_.size() ? keyframes_[i + 1].at.instruction : end;
  return next - keyframes_[i - 1].at.instruction;
}

size_t Timeline::least_missed(u64 here, u64 end) const {
  size_t least = 0;
  double least_worth = 0;
  for (size_t i = 1; i < keyframes_.size(); ++i) {
    const u64 at = keyframes_[i].at.instruction;
    const double way = static_cast<double>(way_without(i, end));
    const double remote = static_cast<double>(std::min({distance(at, here), distance(at, end), far_away}) + interval);
    const double worth = way / remote;
    if (least == 0 || worth < least_worth) least = i, least_worth = worth;
  }
  return least;
}

void Timeline::remove(size_t i) { keyframes_.erase(keyframes_.begin() + static_cast<std::ptrdiff_t>(i)); }

}  // namespace lucid::session
