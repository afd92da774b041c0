// SPDX-License-Identifier: MIT
// Processes over time: a line from fork to exit, a dashed end while a zombie, a branch from the
// parent, a notch for each exec. The whole recording is shown, or what buttons choose of it; a click goes to a moment.
#include <algorithm>
#include <map>

#include "ui/panels.h"
#include "ui/time_axis.h"

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

std::string exit_text(const Life& life) {
  return (life.status & 0x7f) == 0 ? format("exit status %u", life.status >> 8 & 0xff)
                                   : format("killed by signal %u", life.status & 0x7f);
}

std::string ending(const Life& life) {
  if (life.exited == Life::never) return "alive";
  return exit_text(life) + (life.reaped == Life::never ? ", a zombie: nobody has waited for it" : ", reaped");
}

struct Words {
  const char* name;
  std::string value;
  const char* explain;
};

/// A mark on a life; a click goes there.
void moment(Pane& pane, float x, float y, const Words& words, const Thing& event) {
  const std::string explain = format("at %s: %s", duration(event.time).c_str(), words.explain);
  const Rect box{x - 5, y - 6, 10, 12};
  if (spot(pane, box, {words.name, words.value, explain, event, "go to this moment"}).clicked)
    pane.picks.time = event.time;
}

}  // namespace

void draw_lives(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const History& history = pane.history;
  c.clip(r);
  const auto order = family(history.lives());
  const float label = std::min(130.0f, r.w * 0.3f);
  // From a little before the first birth: a kernel may have been starting for long.
  u64 first = history.end();
  for (const Life* life : order) first = std::min(first, life->from);
  first -= std::min(first, (history.end() - first) / 32);
  const TimeAxis axis = TimeAxis::since(first, history, pane.state, r.x + label, r.w - label - 6);
  const auto at = [&](u64 time) { return axis.at(std::min(time, history.end())); };
  const bool roomy = r.w > 420;
  if (!order.empty()) zoom_buttons(pane, r.take_bottom(roomy ? 22 : 40), axis);
  std::map<u32, float> row_of;
  float y = r.y + 6;
  for (size_t i = pane.scrolled(r, order.size(), row); i < order.size() && y + row <= r.bottom(); ++i, y += row) {
    const Life& life = *order[i];
    const ImU32 colour = process_colour(c, pane.p, life.pid);
    const float middle = y + row / 2 - 3;
    const float from = at(life.from), exit = at(life.exited), gone = at(life.reaped);
    c.text_fit(c.fonts->label, r.x, y, label - 10, life.reaped == Life::never ? c.theme->ink : c.theme->soft,
               name_of(life, history));
    row_of[life.pid] = middle;
    if (const auto parent = row_of.find(life.parent); parent != row_of.end() && axis.shows(life.from)) {
      c.list->AddLine({from, parent->second}, {from, middle}, fade(colour, 0.6f), 1.5f);
      c.list->AddCircleFilled({from, parent->second}, 2.5f, colour);
    }
    const bool seen = life.from <= axis.to && (life.reaped == Life::never || life.reaped >= axis.from);
    if (seen) c.list->AddLine({from, middle}, {std::max(exit, from + 1), middle}, colour, 5);
    for (float x = exit + 3; x < gone; x += 7) c.list->AddLine({x, middle}, {std::min(x + 4, gone), middle}, colour, 2);
    if (axis.shows(life.exited)) c.list->AddLine({exit, middle - 6}, {exit, middle + 6}, colour, 2);
    spot(pane, {r.x, y - 2, label - 8, row - 4},
         {name_of(life, history), std::to_string(life.pid),
          format("born at %s, %s", duration(life.from).c_str(), ending(life).c_str()), process_thing(life.pid), ""});
    for (const Life::Exec& exec : life.execs) {
      if (!axis.shows(exec.at)) continue;
      const float x = at(exec.at);
      c.list->AddCircleFilled({x, middle}, 4, c.theme->panel);
      c.list->AddCircle({x, middle}, 4, colour, 0, 2);
      moment(pane, x, middle, {"exec", exec.name, "from here on the process runs this program"},
             event_thing(exec.number, life.pid, exec.at));
    }
    if (axis.shows(life.exited))
      moment(pane, exit, middle, {"exit", exit_text(life), "from here on it is a zombie: only its exit status is left"},
             event_thing(life.exit_event, life.pid, life.exited));
    if (axis.shows(life.reaped) && gone > exit + 8)
      moment(pane, gone, middle, {"reaped", format("by %u", life.reaper), "wait(2) took the exit status: it is gone"},
             event_thing(life.reap_event, life.reaper, life.reaped));
    if (seen && spot(pane, {from, middle - 8, std::max(4.0f, gone - from), 16},
                     {"life", duration((life.reaped == Life::never ? history.end() : life.reaped) - life.from),
                      ending(life), process_thing(life.pid), "go to this moment"})
                    .clicked)
      pane.picks.time = std::min(axis.time_at(ImGui::GetIO().MousePos.x), history.end());
  }
  constexpr float words_height = 40;
  if (!order.empty() && y + words_height < r.bottom())
    c.text_wrapped(
        c.fonts->label, r.x, y + 10, r.w - 12, c.theme->soft,
        "A line is a life, from fork to exit. A ring is an exec; dashes are a zombie, until somebody waits for it.");
  const float now = at(history.now());
  if (axis.shows(history.now())) c.list->AddLine({now, r.y}, {now, y}, c.theme->accent, 1.5f);
  if (order.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "No process was born yet: the first is init, when the kernel has started. Let time pass.");
  c.unclip();
}

}  // namespace lucid::ui
