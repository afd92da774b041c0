// SPDX-License-Identifier: MIT
// Time from left to right: which part of the recorded run a panel shows, and more or less of it by wheel or button.
// What the reader chose is in PanelState: span and origin.
#pragma once
#include <algorithm>

#include "ui/pane.h"

namespace lucid::ui {

struct TimeAxis {
  u64 from = 0, to = 0;  // ticks
  float x = 0, width = 0;

  /// From the reader's origin; without one the end of the recording at the right, unless now would lie left of the
  /// picture. A young machine leaves a little room for what has not happened yet.
  static TimeAxis of_run(const History& history, const PanelState& state, float left, float width);
  /// From the reader's origin; without one from `first` to the end of the recording.
  static TimeAxis since(u64 first, const History& history, const PanelState& state, float left, float width);

  float at(u64 time) const {
    const u64 within = std::clamp(time, from, to) - from;
    return x + static_cast<float>(static_cast<double>(within) / static_cast<double>(to - from)) * width;
  }
  double part(float px) const { return std::clamp(static_cast<double>((px - x) / width), 0.0, 1.0); }
  u64 time_at(float px) const { return from + static_cast<u64>(part(px) * static_cast<double>(to - from)); }
  bool shows(u64 time) const { return time >= from && time <= to; }
};

/// The wheel over `r`, with Shift sideways. When time goes on out of sight the picture follows it again.
void move_axis(PanelState& state, const History& history, const TimeAxis& axis, const Rect& r);
/// For who has no wheel, from the left of `r` on and as high as it: more time, less of it around now, all.
void zoom_buttons(Pane& pane, const Rect& r, const TimeAxis& axis);

}  // namespace lucid::ui
