// SPDX-License-Identifier: MIT
// The Kernel lens: what happened lately, newest first, and the run's counters.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

ImU32 category_colour(const Canvas& c, trace::Category category) {
  switch (category) {
    case trace::Category::Fault:
      return c.theme->danger;
    case trace::Category::Process:
    case trace::Category::Switch:
      return c.theme->accent;
    default:
      return c.theme->soft;
  }
}

}  // namespace

void draw_counters(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const struct {
    const char* name;
    u64 value;
  } counters[] = {{"system calls", p.stats.system_calls}, {"page faults", p.stats.page_faults},
                  {"COW copies", p.stats.cow_copies},     {"switches", p.stats.context_switches},
                  {"interrupts", p.stats.interrupts},     {"forks", p.stats.forks}};
  c.clip(r);
  const float step = r.w / 6;
  float x = r.x;
  for (const auto& counter : counters) {
    c.text_fit(c.fonts->mono, x, r.y, step - 6, c.theme->ink, grouped(counter.value));
    c.text_fit(c.fonts->label, x, r.y + 18, step - 6, c.theme->soft, counter.name);
    spot(pane, {x, r.y, step - 6, 38},
         {counter.name, std::to_string(counter.value), "since the machine started", {}, ""});
    x += step;
  }
  c.unclip();
}

void draw_events(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const History& history = pane.history;
  c.clip(r);
  constexpr float row = 20;
  const auto& events = history.recent();
  float y = r.y;
  for (size_t i = pane.scrolled(r, events.size(), row); i < events.size() && y + row <= r.bottom(); ++i) {
    const auto& [number, e] = events[events.size() - 1 - i];
    c.text(c.fonts->mono_small, r.x, y + 2, fade(c.theme->soft, 0.8f), duration(e.time));
    const float pid_x = r.x + 76;
    c.fill({pid_x, y + 5, 9, 9}, e.pid ? process_colour(c, p, e.pid) : c.theme->kernel, 2);
    const std::string who = e.pid ? format("%u %s", e.pid, history.name(e.pid).c_str()) : "kernel";
    c.text_fit(c.fonts->label, pid_x + 15, y, 92, c.theme->soft, who);
    const float kind_x = pid_x + 115;
    c.text(c.fonts->label, kind_x, y, category_colour(c, trace::info(e.kind).category), trace::info(e.kind).json_name);
    const float text_x = kind_x + 82;
    const std::string text = describe(e);
    c.text_fit(c.fonts->mono, text_x, y, r.right() - text_x, c.theme->ink, text);
    if (spot(pane, {r.x, y, r.w, row - 1},
             {trace::info(e.kind).json_name, text, "", event_thing(number, e.pid, e.time), "go to this moment"})
            .clicked)
      pane.picks.time = e.time;
    y += row;
  }
  if (events.empty()) c.text(c.fonts->label, r.x, r.y, c.theme->soft, "Nothing has happened yet: press run.");
  c.unclip();
}

}  // namespace lucid::ui
