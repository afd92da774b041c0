// SPDX-License-Identifier: MIT
// Who had the processor: a lane per process, slivers of kernel time in slate, PIT ticks below. The
// cursor is now; what was recorded after it is pale. Dragging moves now through the recording, the
// wheel changes how much time is shown.
#include <algorithm>
#include <map>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float lane_height = 22, tallest_lane = 27, axis_height = 20;

const char* mark_name(trace::Kind kind) {
  switch (kind) {
    case trace::Kind::forked:
      return "fork";
    case trace::Kind::execed:
      return "exec";
    case trace::Kind::exited:
      return "exit";
    case trace::Kind::signal_sent:
      return "signal";
    default:
      return nullptr;
  }
}

/// Which time is shown where.
struct Axis {
  u64 from = 0, to = 0;  // ticks
  float x = 0, width = 0;

  /// The end of the recording at the right, unless now would lie left of the picture. A young
  /// machine leaves a little room for what has not happened yet.
  Axis(const History& history, double span, float left, float width_) : x(left), width(width_) {
    const double end = static_cast<double>(history.end());
    const auto shown = static_cast<u64>(std::min(span, std::max(end * 1.1, 1e3)));
    to = std::max(history.end(), shown);
    if (history.now() + shown / 50 < to - shown) to = history.now() + shown / 2;
    to = std::max(to, shown);
    from = to - shown;
  }
  float at(u64 time) const {
    const u64 within = std::clamp(time, from, to) - from;
    return x + static_cast<float>(static_cast<double>(within) / static_cast<double>(to - from)) * width;
  }
  u64 time_at(float px) const {
    const double part = std::clamp(static_cast<double>((px - x) / width), 0.0, 1.0);
    return from + static_cast<u64>(part * static_cast<double>(to - from));
  }
};

/// Where each process's is.
struct Lanes {
  std::map<u32, float> top;
  float height = lane_height;
};

void draw_stretch(const Canvas& c, const Axis& axis, const Stretch& s, float top, float lane, u64 now, ImU32 colour) {
  const auto bar = [&](u64 from, u64 to, ImU32 shade) {
    const float left = axis.at(std::max(from, axis.from));
    const float right = std::max(axis.at(to), left + 1);
    // A rounded corner costs as many vertices as five slivers; WebGL has 65 536 for all of a frame.
    const float rounding = right - left < 4 ? 0.0f : s.kernel ? 1.0f : 2.0f;
    c.fill({left, top + (s.kernel ? 5.0f : 4.0f), right - left, lane - (s.kernel ? 11.0f : 9.0f)}, shade, rounding);
  };
  if (s.from < now) bar(s.from, std::min(s.to, now), colour);
  if (s.to > now) bar(std::max(s.from, now), s.to, fade(colour, 0.3f));
}

void draw_marks(const Canvas& c, const Axis& axis, const History& history, const Lanes& lanes, Picks& picks) {
  for (const Mark& mark : history.marks()) {
    const char* name = mark_name(mark.kind);
    if (!name || mark.at < axis.from || mark.at > axis.to) continue;
    const auto found = lanes.top.find(mark.pid);
    if (found == lanes.top.end()) continue;
    const float x = axis.at(mark.at), y = found->second + lanes.height / 2;
    const bool past = mark.at < history.now();
    c.list->AddCircleFilled({x, y}, 3.5f, c.theme->panel);
    c.list->AddCircle({x, y}, 3.5f, past ? c.theme->ink : c.theme->soft, 0, 1.5f);
    const Hit spot = hit(format("%s%.0f%.0f", name, static_cast<double>(x), static_cast<double>(y)).c_str(),
                         {x - 5, found->second, 10, lanes.height});
    if (spot.hovered) tooltip(c, format("%s at %s: click to go there", name, duration(mark.at).c_str()));
    if (spot.clicked) picks.time = mark.at;
  }
}

void draw_ticks(const Canvas& c, const Axis& axis, const History& history, float y) {
  float drawn = -1e9f;
  for (const u64 tick : history.ticks()) {
    if (tick < axis.from || tick > axis.to) continue;
    const float x = axis.at(tick);
    if (x - drawn < 7) continue;
    drawn = x;
    const ImU32 colour = tick < history.now() ? c.theme->kernel : fade(c.theme->kernel, 0.4f);
    c.list->AddTriangleFilled({x, y}, {x - 3, y + 6}, {x + 3, y + 6}, colour);
  }
}

/// Lanes: the processes seen in the window, by pid; idle has none.
Lanes choose_lanes(const History& history, const Axis& axis, Rect r) {
  std::map<u32, float> lanes;
  for (const Stretch& s : history.stretches())
    if (s.to > axis.from && s.from < axis.to && s.pid != 0) lanes[s.pid] = 0;
  const auto room = static_cast<size_t>(std::max(1.0f, (r.h - axis_height) / lane_height));
  while (lanes.size() > room) lanes.erase(lanes.begin());
  const float each = (r.h - axis_height) / static_cast<float>(std::max<size_t>(lanes.size(), 1));
  const float height = std::clamp(each, lane_height, tallest_lane);
  float y = r.y;
  for (auto& [pid, top] : lanes) top = y, y += height;
  return {std::move(lanes), height};
}

}  // namespace

void draw_timeline(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const History& history = pane.history;
  double& span = pane.state.span;
  c.clip(r);
  span = std::clamp(span * (1 - wheel(r) * 0.2), 1e3, 5e9);
  const bool labels = r.w > 420;
  const float label_width = labels ? 92 : 26;
  const Axis axis(history, span, r.x + label_width, r.w - label_width - 4);
  const auto lanes = choose_lanes(history, axis, r);
  for (const auto& [pid, top] : lanes.top) {
    const auto* process = p.process(pid);
    const std::string name = labels ? format("%u %s", pid, process ? process->name.c_str() : history.name(pid).c_str())
                                    : std::to_string(pid);
    c.text_fit(c.fonts->label, r.x, top + lanes.height / 2 - 9, label_width - 8, c.theme->soft, name);
    if (pane.focus.lights(process_thing(pid)))
      c.fill({r.x, top + 1, r.w, lanes.height - 2}, fade(c.theme->accent, 0.10f), 4);
    const float middle = top + lanes.height / 2;
    c.list->AddLine({axis.x, middle}, {r.right(), middle}, c.theme->line);
  }
  for (const Stretch& s : history.stretches()) {
    const auto found = lanes.top.find(s.pid);
    if (found == lanes.top.end() || s.to <= axis.from || s.from >= axis.to) continue;
    const ImU32 colour = s.kernel ? c.theme->kernel : process_colour(c, p, s.pid);
    draw_stretch(c, axis, s, found->second, lanes.height, history.now(), colour);
  }
  if (lanes.top.empty())
    c.text_wrapped(c.fonts->label, axis.x, r.y + 2, axis.width, c.theme->soft,
                   "No process had the processor yet. Each gets a line here.");
  const float lanes_end = r.y + std::max(1.0f, static_cast<float>(lanes.top.size())) * lanes.height;
  const float tick_y = std::min(lanes_end, r.bottom() - axis_height) + 6;
  draw_ticks(c, axis, history, tick_y);
  c.text(c.fonts->label, r.x, tick_y - 4, c.theme->soft, labels ? "PIT ticks" : "PIT");

  draw_marks(c, axis, history, lanes, pane.picks);
  const Hit drag = hit("time", {axis.x, r.y, axis.width + 4, r.h});
  const float cursor = axis.at(history.now());
  c.list->AddLine({cursor, r.y}, {cursor, r.bottom()}, c.theme->accent, 1.5f);
  c.list->AddTriangleFilled({cursor - 5, r.y}, {cursor + 5, r.y}, {cursor, r.y + 7}, c.theme->accent);
  if (drag.hovered || drag.held) {
    const u64 pointed = std::min(axis.time_at(ImGui::GetIO().MousePos.x), history.end());
    if (!drag.held) {
      const float x = axis.at(pointed);
      c.list->AddLine({x, r.y}, {x, r.bottom()}, fade(c.theme->accent, 0.35f));
      if (ImGui::GetIO().MousePos.y > tick_y - 6)
        tooltip(c, duration(pointed) +
                       ". Drag to move through time; turn the wheel to see more or less of it. Each "
                       "triangle is a timer interrupt.");
    } else if (pointed != history.now()) {
      pane.picks.time = pointed;
    }
  }
  c.unclip();
}

}  // namespace lucid::ui
