// SPDX-License-Identifier: MIT
#include "ui/time_axis.h"

#include <cmath>
#include <utility>

namespace lucid::ui {
namespace {

/// No more is worth showing.
double longest(const History& history) { return std::max(static_cast<double>(history.end()) * 1.1, 1e3); }

void show_all(PanelState& state) { state.span = 5e9, state.origin = -1; }

/// Shows `factor` times as much, what is at `part` of the width staying there.
void zoom(PanelState& state, const History& history, const TimeAxis& axis, double factor, double part) {
  constexpr double least = 200;  // ticks
  const double shown = static_cast<double>(axis.to - axis.from);
  state.span = std::max(shown * factor, least);
  state.origin = std::max(0.0, static_cast<double>(axis.from) + (shown - state.span) * part);
  if (state.span >= longest(history)) show_all(state);
}

}  // namespace

TimeAxis TimeAxis::of_run(const History& history, const PanelState& state, float left, float width) {
  const auto shown = static_cast<u64>(std::min(state.span, longest(history)));
  if (state.origin >= 0) {
    const auto from = static_cast<u64>(state.origin);
    return {from, from + shown, left, width};
  }
  u64 to = std::max(history.end(), shown);
  if (history.now() + shown / 50 < to - shown) to = history.now() + shown / 2;
  to = std::max(to, shown);
  return {to - shown, to, left, width};
}

TimeAxis TimeAxis::since(u64 first, const History& history, const PanelState& state, float left, float width) {
  if (state.origin >= 0) return of_run(history, state, left, width);
  return {first, std::max(history.end(), first + 1), left, width};
}

void move_axis(PanelState& state, const History& history, const TimeAxis& axis, const Rect& r) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool inside = r.holds(io.MousePos.x, io.MousePos.y);
  const float sideways = !inside ? 0 : io.KeyShift ? io.MouseWheel : io.MouseWheelH;
  const double shown = static_cast<double>(axis.to - axis.from);
  if (sideways != 0) {
    const double most = std::max(0.0, static_cast<double>(history.end()) - shown / 2);
    state.origin = std::clamp(static_cast<double>(axis.from) - static_cast<double>(sideways) * shown * 0.1, 0.0, most);
  } else if (inside && io.MouseWheel != 0) {
    zoom(state, history, axis, std::pow(0.8, static_cast<double>(io.MouseWheel)), axis.part(io.MousePos.x));
  }
  if (history.now() != std::exchange(state.seen, history.now()) && !axis.shows(history.now())) state.origin = -1;
}

void zoom_buttons(Pane& pane, const Rect& r, const TimeAxis& axis) {
  const Canvas& c = pane.c;
  float x = r.x;
  const auto button = [&](const char* sign, const char* says) {
    const float words = c.width(c.fonts->label, sign), w = std::max(r.h, words + 6);
    const Rect place{x, r.y, w, r.h};
    x += w;
    return link(c, format("%s:%s", pane.panel, sign).c_str(), place, place.x + (w - words) / 2, r.y + (r.h - 15) / 2,
                sign, says);
  };
  const double now = axis.part(axis.at(pane.history.now()));
  if (button("\u2212", "Click: show more time.")) zoom(pane.state, pane.history, axis, 2, now);
  if (button("+", "Click: show less time, around now.")) zoom(pane.state, pane.history, axis, 0.5, now);
  if (button("all", "Click: show the whole recording.")) show_all(pane.state);
}

}  // namespace lucid::ui
