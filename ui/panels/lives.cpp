// SPDX-License-Identifier: MIT
// Processes over time: a line from fork to exit, a dashed end while a zombie, a branch from the
// parent, a notch for each exec. The whole recording is shown; a click goes to a moment.
#include <algorithm>
#include <map>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 26;

/// Children follow their parent, in order of birth.
std::vector<const Life*> family(const std::vector<Life>& lives) {
  std::vector<const Life*> order;
  const auto add = [&](const auto& self, const Life& life, unsigned depth) -> void {
    order.push_back(&life);
    for (const Life& child : lives)
      if (depth < 64 && child.parent == life.pid && child.from >= life.from && &child != &life &&
          std::find(order.begin(), order.end(), &child) == order.end())
        self(self, child, depth + 1);
  };
  for (const Life& life : lives)
    if (std::find(order.begin(), order.end(), &life) == order.end() &&
        std::none_of(lives.begin(), lives.end(),
                     [&](const Life& other) { return other.pid == life.parent && other.from < life.from; }))
      add(add, life, 0);
  for (const Life& life : lives)
    if (std::find(order.begin(), order.end(), &life) == order.end()) order.push_back(&life);
  return order;
}

std::string name_of(const Life& life, const History& history) {
  return format("%u %s", life.pid,
                life.execs.empty() ? history.name(life.pid).c_str() : life.execs.back().name.c_str());
}

std::string ending(const Life& life) {
  if (life.exited == Life::never) return "alive";
  const std::string how = (life.status & 0x7f) == 0 ? format("exit status %u", life.status >> 8 & 0xff)
                                                    : format("killed by signal %u", life.status & 0x7f);
  return how + (life.reaped == Life::never ? ", a zombie: nobody has waited for it" : ", reaped");
}

}  // namespace

void draw_lives(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const History& history = pane.history;
  c.clip(r);
  const auto order = family(history.lives());
  const float label = std::min(130.0f, r.w * 0.3f);
  const Rect axis{r.x + label, r.y, r.w - label - 6, r.h};
  const double end = static_cast<double>(std::max<u64>(history.end(), 1));
  const auto at = [&](u64 time) {
    return axis.x + static_cast<float>(static_cast<double>(std::min(time, history.end())) / end) * axis.w;
  };
  std::map<u32, float> row_of;
  float y = r.y + 6;
  for (size_t i = pane.scrolled(r, order.size(), row); i < order.size() && y + row <= r.bottom(); ++i, y += row) {
    const Life& life = *order[i];
    const ImU32 colour = process_colour(c, pane.p, life.pid);
    const float middle = y + row / 2 - 3;
    const float from = at(life.from), exit = at(life.exited), gone = at(life.reaped);
    c.text_fit(c.fonts->label, r.x, y, label - 10, life.reaped == Life::never ? c.theme->ink : c.theme->soft,
               name_of(life, history));
    if (const auto parent = row_of.find(life.parent); parent != row_of.end()) {
      c.list->AddLine({from, parent->second}, {from, middle}, fade(colour, 0.6f), 1.5f);
      c.list->AddCircleFilled({from, parent->second}, 2.5f, colour);
    }
    c.list->AddLine({from, middle}, {std::max(exit, from + 1), middle}, colour, 5);
    for (float x = exit + 3; x < gone; x += 7) c.list->AddLine({x, middle}, {std::min(x + 4, gone), middle}, colour, 2);
    if (life.exited != Life::never) c.list->AddLine({exit, middle - 6}, {exit, middle + 6}, colour, 2);
    spot(pane, {r.x, y - 2, label - 8, row - 4},
         {name_of(life, history), "", format("born at %s, %s", duration(life.from).c_str(), ending(life).c_str()),
          process_thing(life.pid), ""});
    const Hit bar = hit(format("life%zu", i).c_str(), {from, middle - 8, std::max(4.0f, gone - from), 16});
    if (bar.hovered) pane.picks.hovered = process_thing(life.pid);
    if (bar.hovered) tooltip(c, name_of(life, history) + ": " + ending(life) + "\nClick: go to this moment");
    if (bar.clicked)
      pane.picks.time = static_cast<u64>(static_cast<double>((ImGui::GetIO().MousePos.x - axis.x) / axis.w) * end);
    for (const Life::Exec& exec : life.execs) {
      const float x = at(exec.at);
      c.list->AddCircleFilled({x, middle}, 4, c.theme->panel);
      c.list->AddCircle({x, middle}, 4, colour, 0, 2);
      if (hit(format("exec%zu:%.0f", i, static_cast<double>(x)).c_str(), {x - 5, middle - 6, 10, 12}).hovered)
        tooltip(c, "exec " + exec.name + " at " + duration(exec.at));
    }
    if (pane.focus.lights(process_thing(life.pid)))
      c.frame({r.x - 2, y - 3, r.w + 2, row - 2}, c.theme->accent, 4, 1.5f);
    row_of[life.pid] = middle;
  }
  constexpr float words_height = 40;
  if (!order.empty() && y + words_height < r.bottom())
    c.text_wrapped(
        c.fonts->label, r.x, y + 10, r.w - 12, c.theme->soft,
        "A line is a life, from fork to exit. A ring is an exec; dashes are a zombie, until somebody waits for it.");
  const float now = at(history.now());
  c.list->AddLine({now, r.y}, {now, y}, c.theme->accent, 1.5f);
  if (order.empty()) c.text(c.fonts->label, r.x, r.y, c.theme->soft, "No process was born yet.");
  c.unclip();
}

}  // namespace lucid::ui
