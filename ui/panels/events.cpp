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

/// A word that is on or off; advances x.
bool toggle(Pane& pane, float& x, float y, const char* name, bool on, const char* explain) {
  const Canvas& c = pane.c;
  const float w = c.width(c.fonts->label, name) + 16;
  const Rect box{x, y, w, 22};
  const Hit area = spot(pane, box, {"list", name, explain, {}, ""});
  if (on) c.fill(box, fade(c.theme->accent, 0.14f), 11);
  c.frame(box, on ? c.theme->accent : c.theme->line, 11);
  c.text(c.fonts->label, x + 8, y + 2, on || area.hovered ? c.theme->ink : c.theme->soft, name);
  x += w + 6;
  return area.clicked;
}

/// Which kinds, whose, about what; and the way out as a file.
void draw_filter(Pane& pane, Rect r) {
  const Picture& p = pane.p;
  EventFilter filter = p.event_filter;
  float x = r.x, y = r.y;
  const auto wrap = [&](float w) {
    if (x + w > r.right()) x = r.x, y += 28;
  };
  const auto& groups = event_groups();
  for (size_t i = 0; i < groups.size(); ++i) {
    wrap(80);
    if (toggle(pane, x, y, groups[i].name, filter.groups >> i & 1, groups[i].explain)) filter.groups ^= 1u << i;
  }
  wrap(80);
  const auto* process = p.process(p.pid);
  const std::string only = format("only %u", filter.pid != 0 ? filter.pid : p.pid);
  if ((process || filter.pid != 0) &&
      toggle(pane, x, y, only.c_str(), filter.pid != 0, "only what the process shown does"))
    filter.pid = filter.pid != 0 ? 0 : p.pid;
  const Thing& chosen = pane.focus.thing();
  const bool place = chosen.kind == Thing::Kind::address || chosen.kind == Thing::Kind::physical;
  if (filter.address || (place && pane.picks.hovered == Thing{})) {
    wrap(70);
    if (toggle(pane, x, y, "address", filter.address.has_value(), "only what speaks of the selected address")) {
      if (filter.address)
        filter.address.reset();
      else
        filter.address = std::pair{chosen.value, chosen.value + chosen.size};
    }
  }
  if (!(filter == p.event_filter)) pane.picks.events = filter;
  wrap(90);
  if (toggle(pane, x, y, "save", false, "the whole record, one JSON object a line")) pane.picks.save = "jsonl";
  if (toggle(pane, x, y, "trace", false, "the whole record as a trace that ui.perfetto.dev opens"))
    pane.picks.save = "perfetto";
}

}  // namespace

void draw_counters(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const struct {
    const char* name;
    u64 value;
    const char* explain;
  } counters[] = {{"system calls", p.stats.system_calls, "SYSCALL, SYSENTER and INT 0x80 since the machine started"},
                  {"page faults", p.stats.page_faults, "exceptions 14 since the machine started, repaired or not"},
                  {"COW copies", p.stats.cow_copies, "frames copied because two processes shared them and one wrote"},
                  {"switches", p.stats.context_switches, "times the kernel gave the processor to another task"},
                  {"interrupts", p.stats.interrupts, "times a device called the processor away"},
                  {"forks", p.stats.forks, "processes and threads born"}};
  c.clip(r);
  constexpr unsigned all = 6;
  const unsigned columns = r.w > 480 ? all : all / 2;
  const float step = r.w / static_cast<float>(columns);
  unsigned i = 0;
  for (const auto& counter : counters) {
    const float x = r.x + step * static_cast<float>(i % columns), y = r.y + 46 * static_cast<float>(i / columns);
    c.text_fit(c.fonts->mono, x, y, step - 6, c.theme->ink, grouped(counter.value));
    c.text_fit(c.fonts->label, x, y + 18, step - 6, c.theme->soft, counter.name);
    spot(pane, {x, y, step - 6, 38}, {counter.name, std::to_string(counter.value), counter.explain, {}, ""});
    ++i;
  }
  c.unclip();
}

void draw_events(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  draw_filter(pane, r.take_top(r.w > 560 ? 34 : 66));
  constexpr float row = 20;
  float y = r.y;
  for (size_t i = pane.scrolled(r, p.events.size(), row); i < p.events.size() && y + row <= r.bottom(); ++i) {
    const auto& [number, e] = p.events[i];
    const Thing thing = event_thing(number, e.pid, e.time);
    c.text(c.fonts->mono_small, r.x, y + 2, fade(c.theme->soft, 0.8f), duration(e.time));
    if (spot(pane, {r.x, y, 72, row - 1}, {"when", duration(e.time), "since the start", thing, "go to this moment"})
            .clicked)
      pane.picks.time = e.time;
    const float pid_x = r.x + 76;
    c.fill({pid_x, y + 3, 9, 9}, e.pid ? process_colour(c, p, e.pid) : c.theme->kernel, 2);
    const bool roomy = r.w > 480;
    const std::string who = e.pid == 0 ? roomy ? "kernel" : "\u2013"
                            : roomy    ? format("%u %s", e.pid, pane.history.name(e.pid).c_str())
                                       : std::to_string(e.pid);
    const float who_w = roomy ? 92 : 22;
    c.text_fit(c.fonts->label, pid_x + 15, y, who_w, c.theme->soft, who);
    const float kind_x = pid_x + 15 + who_w + 8;
    if (roomy)
      c.text(c.fonts->label, kind_x, y, category_colour(c, trace::info(e.kind).category),
             trace::info(e.kind).json_name);
    const float text_x = roomy ? kind_x + 82 : kind_x;
    const std::string text = describe(e);
    c.text_fit(c.fonts->mono, text_x, y, r.right() - text_x, c.theme->ink, text);
    if (spot(pane, {pid_x, y, r.right() - pid_x, row - 1},
             {trace::info(e.kind).json_name, text, explain(e.kind), thing, "go to this moment"})
            .clicked)
      pane.picks.time = e.time;
    y += row;
  }
  if (p.events.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "Nothing of that kind has happened yet. Let time pass, or list other kinds.");
  c.unclip();
}

}  // namespace lucid::ui
