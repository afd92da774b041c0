// SPDX-License-Identifier: MIT
// Who had the processor: a lane per process, slivers of kernel time in slate, PIT ticks below.
// The wheel changes how much time is shown; now is at the right.
#include <algorithm>
#include <map>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

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

}  // namespace

void draw_timeline(const Canvas& c, Rect r, const Picture& p, const History& history, double& span) {
  c.clip(r);
  span = std::clamp(span * (1 - wheel(r) * 0.2), 1e3, 5e9);
  const u64 now = p.registers.time;
  // A young machine fills the width, too, with a little left of what has not happened yet.
  const double shown = std::min(span, std::max(static_cast<double>(now) * 1.1, 1e3));
  const u64 from = now > static_cast<u64>(shown) ? now - static_cast<u64>(shown) : 0;
  // Lanes: the processes seen in the window, by pid; idle has none.
  std::map<u32, float> lanes;
  for (const Stretch& s : history.stretches())
    if (s.to > from && s.pid != 0) lanes[s.pid] = 0;
  constexpr float lane = 22, axis = 20;
  const auto room = static_cast<size_t>(std::max(1.0f, (r.h - axis) / lane));
  while (lanes.size() > room) lanes.erase(lanes.begin());
  const bool labels = r.w > 420;
  const float label_width = labels ? 92 : 26;
  float y = r.y;
  for (auto& [pid, top] : lanes) {
    top = y;
    const auto* process = p.process(pid);
    const std::string name = labels ? format("%u %s", pid, process ? process->name.c_str() : history.name(pid).c_str())
                                    : std::to_string(pid);
    c.text_fit(c.fonts->label, r.x, y + 2, label_width - 8, c.theme->soft, name);
    c.list->AddLine({r.x + label_width, y + lane / 2}, {r.right(), y + lane / 2}, c.theme->line);
    y += lane;
  }
  const float x0 = r.x + label_width, width = r.w - label_width - 4;
  const double scale = static_cast<double>(width) / shown;
  const auto x_of = [&](u64 at) {
    // Time before the window ends left; a young machine's zero is at the left too.
    const double offset =
        now < static_cast<u64>(shown) ? static_cast<double>(at) : static_cast<double>(at) - static_cast<double>(from);
    return x0 + static_cast<float>(std::max(offset, 0.0) * scale);
  };
  for (const Stretch& s : history.stretches()) {
    if (s.to <= from || s.pid == 0) continue;
    const auto found = lanes.find(s.pid);
    if (found == lanes.end()) continue;
    const float left = x_of(std::max(s.from, from));
    const float right = std::max(x_of(s.to), left + 1);
    const Rect bar{left, found->second + 4, right - left, lane - 9};
    if (s.kernel)
      c.fill({bar.x, bar.y + 1, bar.w, bar.h - 2}, c.theme->kernel, 1);
    else
      c.fill(bar, process_colour(c, p, s.pid), 2);
  }
  for (const Mark& mark : history.marks()) {
    const char* name = mark_name(mark.kind);
    if (!name || mark.at < from) continue;
    const auto found = lanes.find(mark.pid);
    if (found == lanes.end()) continue;
    const float x = x_of(mark.at);
    c.list->AddCircleFilled({x, found->second + lane / 2}, 3.5f, c.theme->panel);
    c.list->AddCircle({x, found->second + lane / 2}, 3.5f, c.theme->ink, 0, 1.5f);
    if (hit(format("%s%.0f%.0f", name, static_cast<double>(x), static_cast<double>(found->second)).c_str(),
            {x - 5, found->second, 10, lane})
            .hovered)
      tooltip(c, format("%s at %s", name, duration(mark.at).c_str()));
  }
  const float tick_y = r.bottom() - axis + 6;
  float drawn = -1e9f;
  for (const u64 tick : history.ticks()) {
    if (tick < from) continue;
    const float x = x_of(tick);
    if (x - drawn < 7) continue;
    drawn = x;
    c.list->AddTriangleFilled({x, tick_y}, {x - 3, tick_y + 6}, {x + 3, tick_y + 6}, c.theme->kernel);
  }
  c.text(c.fonts->label, r.x, tick_y - 4, c.theme->soft, labels ? "PIT ticks" : "PIT");
  if (hit("axis", {r.x, tick_y - 6, r.w, axis}).hovered)
    tooltip(c, "The last " + duration(static_cast<u64>(shown)) +
                   ". Turn the wheel to see more or less; each triangle is a timer interrupt.");
  const float cursor = x_of(now);
  c.list->AddLine({cursor, r.y}, {cursor, r.bottom()}, c.theme->accent, 1.5f);
  c.unclip();
}

}  // namespace lucid::ui
