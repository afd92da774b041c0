// SPDX-License-Identifier: MIT
// What time stops for: a box for expressions (the host's, laid over its place), what is wrong with
// what stands in it, and the list with switches and counts.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 42, box_height = 34, switch_width = 26, away_width = 26;

struct Example {
  const char* text;
  const char* explain;
};
constexpr Example examples[] = {
    {"main", "the instruction at a symbol; hello:main, file.c:12 and 0x401000 are places, too"},
    {"rip == main && rax > 5", "with a condition in the operators of C"},
    {"write(counter)", "memory is written: also read(\u2026), access(\u2026), write(rsp, 8), write(phys 0x1000, 8)"},
    {"syscall openat return", "a system call is entered, or left"},
    {"event cow pid 3", "something happens, here to process 3: any kind of the list of events"}};

/// The text as it was, the wrong part underlined, and what is wrong below; returns the height used.
float draw_mistake(const Canvas& c, const Rect& r, const Mistake& mistake) {
  const std::string_view text = mistake.text;
  const size_t at = std::min(mistake.error.at, text.size());
  const std::string_view before = text.substr(0, at), wrong = text.substr(at, mistake.error.length);
  const float line = Canvas::line_height(c.fonts->mono);
  const float wrong_width = std::max(c.width(c.fonts->mono, wrong), c.width(c.fonts->mono, "0"));
  // A long text begins further left, so that its wrong part is in sight.
  const float begin = r.x - std::max(0.0f, c.width(c.fonts->mono, before) + wrong_width - r.w * 0.8f);
  c.clip(r);
  float x = begin + c.text(c.fonts->mono, begin, r.y, c.theme->soft, before);
  c.text(c.fonts->mono, x, r.y, c.theme->danger, wrong);
  c.fill({x, r.y + line - 2, wrong_width, 2}, c.theme->danger);
  x += c.width(c.fonts->mono, wrong);
  c.text(c.fonts->mono, x, r.y, c.theme->soft, text.substr(std::min(at + wrong.size(), text.size())));
  const float used = c.text_wrapped(c.fonts->label, r.x, r.y + line + 4, r.w, c.theme->danger, mistake.error.message);
  c.unclip();
  return line + used + 14;
}

/// What it waits for, in words.
std::string what_it_is(const StopLine& line) {
  const session::BreakpointView& b = line.breakpoint;
  if (b.every) return "looks at every instruction: slow";
  if (b.memory) return "memory";
  if (b.event) return "something that happens";
  if (line.where.empty()) return "not loaded yet: " + b.program;
  if (b.places.size() == 1) return line.where;
  return line.where + format(" and %zu more", b.places.size() - 1);
}

void draw_line(Pane& pane, const Rect& r, const StopLine& line) {
  using What = BreakpointPick::What;
  const Canvas& c = pane.c;
  const session::BreakpointView& b = line.breakpoint;
  if (line.hit) c.fill({r.x, r.y, r.w, row - 2}, c.theme->changed, 5);
  const ImVec2 dot{r.x + 11, r.y + 10};
  if (b.enabled)
    c.list->AddCircleFilled(dot, 5.5f, c.theme->danger);
  else
    c.list->AddCircle(dot, 5.5f, c.theme->soft, 0, 1.5f);
  const Hit on = hit(format("on%u", b.id).c_str(), {r.x, r.y, switch_width, row - 2});
  if (on.hovered)
    tooltip(c, b.enabled ? "Click: time does not stop for it for now." : "Click: time stops for it again.");
  if (on.clicked) pane.picks.stop = {b.enabled ? What::disable : What::enable, b.id, ""};

  const Rect away{r.right() - away_width, r.y, away_width, row - 2};
  const Hit remove = hit(format("away%u", b.id).c_str(), away);
  c.text(c.fonts->strong, away.x + 8, r.y + 1, remove.hovered ? c.theme->danger : c.theme->soft, "\u00d7");
  if (remove.hovered) tooltip(c, "Click: away with it.");
  if (remove.clicked) pane.picks.stop = {What::remove, b.id, ""};

  const std::string hits = b.hits == 1 ? "once" : format("%s times", grouped(b.hits).c_str());
  const float hits_width = c.width(c.fonts->mono_small, hits);
  c.text(c.fonts->mono_small, away.x - hits_width - 6, r.y + 3, c.theme->soft, hits);
  const Rect words{r.x + switch_width, r.y, away.x - hits_width - 18 - r.x - switch_width, row - 2};
  const std::string what = pane.p.edited == b.id ? "in the box: entering it replaces this one" : what_it_is(line);
  c.text_fit(c.fonts->mono, words.x, r.y + 1, words.w, b.enabled ? c.theme->ink : c.theme->soft, b.text);
  c.text_fit(c.fonts->label, words.x, r.y + 20, words.w, c.theme->soft, what);
  const Thing place = b.places.empty() ? Thing{} : address_thing(pane.p.pid, b.places.front());
  const Hit text = spot(pane, words, {format("breakpoint %u", b.id), b.text, what, {}, "change it in the box"});
  if (text.hovered && place) pane.picks.hovered = place;
  if (text.clicked) pane.picks.stop = {What::edit, b.id, b.text};
}

/// Something to begin with.
void draw_examples(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  r.take_top(c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                            "Time stops for nothing yet. Click in the margin of the code, or say what to wait for:") +
             10);
  for (const Example& each : examples) {
    const float needed = 20 + c.height_wrapped(c.fonts->label, r.w, each.explain);
    if (needed > r.h) break;
    const Hit area = hit(each.text, {r.x, r.y, r.w, needed});
    c.text_fit(c.fonts->mono, r.x, r.y, r.w, area.hovered ? c.theme->ink : c.theme->accent, each.text);
    c.text_wrapped(c.fonts->label, r.x, r.y + 20, r.w, c.theme->soft, each.explain);
    if (area.hovered) tooltip(c, "Click: write this into the box.");
    if (area.clicked) pane.picks.stop = {BreakpointPick::What::edit, 0, each.text};
    r.take_top(needed + 10);
  }
}

}  // namespace

void draw_breakpoints(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  pane.picks.box = r.take_top(box_height);
  r.take_top(8);
  if (!p.mistake.error.message.empty()) r.take_top(draw_mistake(c, r, p.mistake));
  if (p.stops.empty()) return draw_examples(pane, r);
  if (chip(c, "run-back", r.x - 11, r.y, "\u25c0 run back to the last one that was true", false, nullptr))
    pane.picks.stop = {BreakpointPick::What::run_back, 0, ""};
  r.take_top(36);
  c.clip(r);
  float y = r.y;
  for (size_t i = pane.scrolled(r, p.stops.size(), row); i < p.stops.size() && y + row <= r.bottom() + 2; ++i, y += row)
    draw_line(pane, {r.x, y, r.w, row}, p.stops[i]);
  c.unclip();
}

}  // namespace lucid::ui
