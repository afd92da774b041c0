// SPDX-License-Identifier: MIT
// Who had the processor: a lane per process, slivers of kernel time in slate, PIT ticks and keyframes
// below. The cursor is now; what was recorded after it is pale. Dragging moves now through the
// recording; the wheel shows more or less time around the pointer, sideways or with Shift other time.
#include <algorithm>
#include <cmath>
#include <map>

#include "ui/panels.h"
#include "ui/time_axis.h"

namespace lucid::ui {
namespace {

constexpr float least_lane = 22, tallest_lane = 27, axis_height = 20;
constexpr float finger = 40, least_for_buttons = 160;

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

const char* reason(trace::Kind kind) {
  switch (kind) {
    case trace::Kind::syscall_entered:
      return "kernel: a system call";
    case trace::Kind::exception_raised:
      return "kernel: an exception";
    case trace::Kind::interrupt_delivered:
      return "kernel: an interrupt";
    case trace::Kind::switched:
      return "kernel: switched to it";
    default:
      return "kernel";
  }
}

/// The panel: its lanes react to the pointer as a whole, so that a drag may begin on whatever lies there.
class Lanes {
 public:
  Lanes(Pane& pane, const Rect& r, const TimeAxis& axis, const Hit& area, float labels)
      : pane_(pane), c_(pane.c), history_(pane.history), r_(r), axis_(axis), area_(area), labels_(labels) {
    choose();
  }
  void draw() {
    for (const auto& [pid, top] : lanes_) draw_label(pid, top);
    if (lanes_.empty())
      c_.text_wrapped(c_.fonts->label, axis_.x, r_.y + 2, axis_.width, c_.theme->soft,
                      "No process had the processor yet. Each gets a line here.");
    find_mark();
    for (const Stretch& s : history_.stretches()) draw_stretch(s);
    draw_ticks();
    draw_keyframes();
    for (const Mark& mark : history_.marks()) draw_mark(mark);
  }
  float ticks_y() const {
    const float lanes_end = r_.y + std::max(1.0f, static_cast<float>(lanes_.size())) * height_;
    return std::min(lanes_end, r_.bottom() - axis_height) + 6;
  }
  bool explained() const { return explained_; }

 private:
  /// The processes seen in the window, by pid; idle has none. When they are too many the newest, who has the processor
  /// and the one shown.
  void choose() {
    for (const Stretch& s : history_.stretches())
      if (s.to > axis_.from && s.from < axis_.to && s.pid != 0) lanes_[s.pid] = 0;
    const auto room = static_cast<size_t>(std::max(1.0f, (r_.h - axis_height) / least_lane));
    const auto kept = [&](u32 pid) { return pid == pane_.p.processes.current_pid || pid == pane_.p.pid; };
    for (auto lane = lanes_.begin(); lanes_.size() > std::max<size_t>(room, 2);)
      lane = kept(lane->first) ? std::next(lane) : lanes_.erase(lane);
    const float each = (r_.h - axis_height) / static_cast<float>(std::max<size_t>(lanes_.size(), 1));
    height_ = std::clamp(each, least_lane, tallest_lane);
    float y = r_.y;
    for (auto& [pid, top] : lanes_) top = y, y += height_;
  }

  /// Says what `box` is when somebody wants to know. A click, which no drag is, also goes to `to`.
  void mark(const Rect& box, const Meaning& meaning, bool hovered, std::optional<u64> to = std::nullopt) {
    const bool dragged = ImGui::GetIO().MouseDragMaxDistanceSqr[0] > 16;
    const bool clicked = hovered && area_.clicked && !dragged;
    if (hovered) explained_ = true;
    spot(pane_, box, meaning, {hovered, clicked, false});
    if (clicked && to) pane_.picks.time = to;
  }
  bool under_pointer(const Rect& box) const {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    return area_.hovered && !area_.held && !explained_ && box.holds(mouse.x, mouse.y);
  }

  void draw_label(u32 pid, float top) {
    const auto* process = pane_.p.process(pid);
    const std::string name = process ? process->name : history_.name(pid);
    const Rect box{r_.x, top + 1, labels_ - 8, height_ - 2};
    c_.text_fit(c_.fonts->label, r_.x, top + height_ / 2 - 9, labels_ - 8, c_.theme->soft,
                labels_ > 60 ? format("%u %s", pid, name.c_str()) : std::to_string(pid));
    spot(
        pane_, box,
        {name, std::to_string(pid), "the process whose time on the processor this lane shows", process_thing(pid), ""});
    const float middle = top + height_ / 2;
    c_.list->AddLine({axis_.x, middle}, {r_.right(), middle}, c_.theme->line);
  }

  void draw_stretch(const Stretch& s) {
    const auto lane = lanes_.find(s.pid);
    if (lane == lanes_.end() || s.to <= axis_.from || s.from >= axis_.to) return;
    const ImU32 colour = s.kernel ? c_.theme->kernel : process_colour(c_, pane_.p, s.pid);
    const Rect whole = bar(s, lane->second, s.from, s.to);
    const u64 now = history_.now();
    const bool is_seen = adds(s, whole);
    if (is_seen) {
      if (s.from < now) fill(bar(s, lane->second, s.from, std::min(s.to, now)), colour, s.kernel);
      if (s.to > now) fill(bar(s, lane->second, std::max(s.from, now), s.to), fade(colour, 0.3f), s.kernel);
    }
    const bool hovered = under_pointer({whole.x, lane->second, whole.w, height_}) && !on_mark_;
    if (!pane_.fields && !hovered && !is_seen) return;
    const Thing thing = s.kernel ? event_thing(s.event, s.pid, s.from) : process_thing(s.pid);
    if (!pane_.fields && !hovered && !pane_.focus.lights(thing)) return;
    const std::string name = format("%u %s", s.pid, s.kernel ? reason(s.why) : history_.name(s.pid).c_str());
    const std::string explain =
        format("in ring %d from %s to %s", s.kernel ? 0 : 3, duration(s.from).c_str(), duration(s.to).c_str());
    mark(whole, {name, duration(s.to - s.from), explain, thing, "go to this moment"}, hovered);
  }
  /// Not one of many in the same pixel: a run has any number of stretches.
  bool adds(const Stretch& s, const Rect& whole) {
    float& end = drawn_to_.try_emplace({s.pid, s.kernel}, -1e9f).first->second;
    if (whole.right() < end + 0.5f) return false;
    end = whole.right();
    return true;
  }
  /// A rounded corner costs as many vertices as five slivers.
  void fill(const Rect& bar, ImU32 colour, bool kernel) const {
    c_.fill(bar, colour, bar.w < 4 ? 0.0f : kernel ? 1.0f : 2.0f);
  }
  Rect bar(const Stretch& s, float top, u64 from, u64 to) const {
    const float left = axis_.at(std::max(from, axis_.from));
    const float right = std::max(axis_.at(to), left + 1);
    return {left, top + (s.kernel ? 5.0f : 4.0f), right - left, height_ - (s.kernel ? 11.0f : 9.0f)};
  }

  Rect mark_box(const Mark& mark) const {
    const auto lane = lanes_.find(mark.pid);
    if (lane == lanes_.end() || !mark_name(mark.kind) || !axis_.shows(mark.at)) return {};
    return {axis_.at(mark.at) - 5, lane->second, 10, height_};
  }
  /// A mark lies over stretches: the pointer means it.
  void find_mark() {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    for (const Mark& each : history_.marks())
      if (mark_box(each).holds(mouse.x, mouse.y)) on_mark_ = &each;
  }
  void draw_mark(const Mark& m) {
    const Rect box = mark_box(m);
    if (box.empty()) return;
    const ImVec2 centre{box.x + 5, box.y + height_ / 2};
    c_.list->AddCircleFilled(centre, 3.5f, c_.theme->panel);
    c_.list->AddCircle(centre, 3.5f, m.at < history_.now() ? c_.theme->ink : c_.theme->soft, 0, 1.5f);
    mark(box,
         {mark_name(m.kind), duration(m.at), "an event of this process", event_thing(m.number, m.pid, m.at),
          "go to this moment"},
         on_mark_ == &m && under_pointer(box), m.at);
  }

  void draw_ticks() {
    const float y = ticks_y();
    float drawn = -1e9f;
    for (const Mark& tick : history_.ticks()) {
      const float x = axis_.at(tick.at);
      if (!axis_.shows(tick.at) || x - drawn < 7) continue;
      drawn = x;
      const ImU32 colour = tick.at < history_.now() ? c_.theme->kernel : fade(c_.theme->kernel, 0.4f);
      c_.list->AddTriangleFilled({x, y}, {x - 3, y + 6}, {x + 3, y + 6}, colour);
      const Rect box{x - 3, y - 2, 6, 9};
      mark(box,
           {"PIT tick", duration(tick.at), "the timer interrupted the processor: the scheduler's pulse",
            event_thing(tick.number, tick.pid, tick.at), "go to this moment"},
           under_pointer(box), tick.at);
    }
  }
  void draw_keyframes() {
    const float y = ticks_y() + 9;
    float drawn = -1e9f;
    for (const u64 time : history_.keyframes()) {
      const float x = axis_.at(time);
      if (!axis_.shows(time) || x - drawn < 6) continue;
      drawn = x;
      c_.fill({x - 1.5f, y, 3, 4}, fade(c_.theme->accent, time < history_.now() ? 0.8f : 0.4f), 1);
      const Rect box{x - 3, y - 1, 6, 6};
      mark(box,
           {"keyframe",
            duration(time),
            "the whole machine of that moment is kept; any other moment is reached by running on from one",
            {},
            "go to this moment"},
           under_pointer(box), time);
    }
  }

  Pane& pane_;
  const Canvas& c_;
  const History& history_;
  Rect r_;
  const TimeAxis& axis_;
  Hit area_;
  float labels_;
  float height_ = least_lane;
  std::map<u32, float> lanes_;                      // top of each, by pid
  std::map<std::pair<u32, bool>, float> drawn_to_;  // by pid, and kernel or not: what is left of it is full
  const Mark* on_mark_ = nullptr;                   // under the pointer
  bool explained_ = false;                          // what is under the pointer
};

/// What the row below the lanes is, and buttons for who has no wheel.
void draw_legend(Pane& pane, const Rect& r, const TimeAxis& axis, float y, bool roomy) {
  const float w = pane.c.text(pane.c.fonts->label, r.x, y - 4, pane.c.theme->soft, "PIT");
  if (roomy) zoom_buttons(pane, {r.x + w + 3, y - 6, 0, 18}, axis);
}

}  // namespace

void draw_timeline(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const History& history = pane.history;
  c.clip(r);
  const bool roomy = r.w > 420;
  const float labels = roomy ? 92 : 26;
  const TimeAxis axis = TimeAxis::of_run(history, pane.state, r.x + labels, r.w - labels - 4);
  if (!roomy && r.h > least_for_buttons) zoom_buttons(pane, r.take_bottom(finger), axis);
  const Hit drag = hit(format("%s:time", pane.panel).c_str(), {axis.x, r.y, axis.width + 4, r.h});
  Lanes lanes(pane, r, axis, drag, labels);
  lanes.draw();
  draw_legend(pane, r, axis, lanes.ticks_y(), roomy);
  const float cursor = axis.at(history.now());
  if (axis.shows(history.now())) {
    c.list->AddLine({cursor, r.y}, {cursor, r.bottom()}, c.theme->accent, 1.5f);
    c.list->AddTriangleFilled({cursor - 5, r.y}, {cursor + 5, r.y}, {cursor, r.y + 7}, c.theme->accent);
  }
  const u64 pointed = std::min(axis.time_at(ImGui::GetIO().MousePos.x), history.end());
  if (drag.held && pointed != history.now()) pane.picks.time = pointed;
  if (drag.hovered && !drag.held) {
    const float x = axis.at(pointed);
    c.list->AddLine({x, r.y}, {x, r.bottom()}, fade(c.theme->accent, 0.35f));
    if (ImGui::GetIO().MousePos.y > lanes.ticks_y() - 6 && !lanes.explained())
      tooltip(c, duration(pointed) +
                     ". Drag to move through time; turn the wheel to see more or less of it, with Shift earlier or "
                     "later. Triangles are timer interrupts, squares below them keyframes.");
  }
  move_axis(pane.state, history, axis, r);
  c.unclip();
}

}  // namespace lucid::ui
