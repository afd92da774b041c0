// SPDX-License-Identifier: MIT
// By which policy the processor is shared, to be changed here; who has it, how much of its slice is left, and who waits
// for it, next first.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {

namespace {

using Numbers = abi::SchedNumbers;

/// A number of a policy, as /proc/sys/kernel has it.
struct Number {
  const char *title, *name;  // title "" = it has no such number
  u64 Numbers::*value;
  const char* meaning;
};
constexpr Number latency{"latency", "sched_latency_ns", &Numbers::latency, "within this time everyone had a turn"};
constexpr Number granularity{"minimum", "sched_min_granularity_ns", &Numbers::granularity, "no slice is shorter"};
constexpr Number none{"", "", nullptr, ""};

struct PolicyWords {
  const char *name, *title, *rule;
  Number numbers[2];
};
constexpr PolicyWords policies[] = {
    {"rr",
     "round robin",
     "each in turn for the same slice",
     {{"slice", "sched_slice_ns", &Numbers::slice, "how long everyone's turn is"}, none}},
    {"latency", "target latency", "each in turn, all within the latency", {latency, granularity}},
    {"fair", "fair", "who has used least of its share runs next: the lowest vruntime", {latency, granularity}},
    {"eevdf",
     "EEVDF",
     "among those who are owed time, the earliest virtual deadline runs next",
     {{"request", "sched_base_slice_ns", &Numbers::base_slice, "how much time is asked for at once"}, none}},
    {"coop", "cooperative", "who runs goes on until it waits or yields", {none, none}}};

constexpr u64 least_ns = 100'000, most_ns = 1'000'000'000;  // what the kernel takes

/// A button; true when it is clicked.
bool button(Pane& pane, float& x, float y, const char* label, bool on, const Meaning& meaning) {
  const Canvas& c = pane.c;
  const Rect box{x, y, c.width(c.fonts->strong, label) + 18, 22};
  const Hit state = spot(pane, box, meaning);
  c.fill(box, on ? fade(c.theme->accent, 0.16f) : c.theme->paper, 6);
  c.frame(box, on ? c.theme->accent : c.theme->line, 6);
  ImFont* font = on ? c.fonts->strong : c.fonts->label;
  c.text(font, x + (box.w - c.width(font, label)) / 2, y + 3, on || state.hovered ? c.theme->ink : c.theme->soft,
         label);
  x += box.w + 6;
  return state.clicked;
}

/// "slice 10 ms", half of it and twice as much.
void number(Pane& pane, float& x, float y, const Number& n) {
  const Canvas& c = pane.c;
  const u64 ns = pane.p.kernel.numbers.*n.value;
  const std::string value = duration(ns / 10);
  const float from = x;
  x += c.text(c.fonts->label, x, y + 3, c.theme->soft, n.title) + 7;
  x += c.text(c.fonts->mono, x, y + 3, c.theme->ink, value) + 7;
  spot(pane, {from, y, x - from, 22}, {n.title, value, n.meaning, {}, ""});
  for (const bool twice : {false, true}) {
    const u64 changed = std::clamp(twice ? ns * 2 : ns / 2, least_ns, most_ns);
    const char* click = twice ? "twice as much, from the next tick on" : "half of it, from the next tick on";
    if (button(pane, x, y, twice ? "+" : "\u2212", false,
               {twice ? "twice" : "half", duration(changed / 10), click, {}, click}) &&
        changed != ns)
      pane.picks.settings = format("%s=%llu", n.name, static_cast<unsigned long long>(changed));
  }
  x += 12;
}

/// What everybody's turn depends on; a click asks the kernel for another policy.
void policy_bar(Pane& pane, const Rect& r) {
  const Canvas& c = pane.c;
  const auto& kernel = pane.p.kernel;
  float x = r.x, titles = 0;
  for (const PolicyWords& words : policies) titles += c.width(c.fonts->strong, words.title) + 24;
  const bool narrow = titles > r.w;
  const PolicyWords* chosen = nullptr;
  for (const PolicyWords& words : policies) {
    const bool on = kernel.policy == words.name;
    if (on) chosen = &words;
    const char* click = on ? "" : "share the processor like this from the next tick on";
    if (button(pane, x, r.y, narrow ? words.name : words.title, on,
               {on ? "policy" : "another policy", words.name, words.rule, {}, click}) &&
        !on)
      pane.picks.settings = format("sched=%s", words.name);
  }
  if (!kernel.asked.empty())
    c.text_fit(c.fonts->label, x + 6, r.y + 3, r.right() - x - 6, c.theme->accent, "asked for: " + kernel.asked);
  if (!chosen) return;
  x = r.x;
  for (const Number& n : chosen->numbers)
    if (*n.title) number(pane, x, r.y + 30, n);
  c.text_fit(c.fonts->label, x, r.y + 33, r.right() - x, c.theme->soft, chosen->rule);
}

/// What its place in the queue depends on.
std::string standing(const Picture& p, u32 pid) {
  for (const auto& s : p.kernel.sched) {
    if (s.pid != pid) continue;
    if (s.priority != 0) return format("real-time %u", s.priority);
    const std::string virtual_time = format("v %.2f ms", static_cast<double>(s.vruntime) / 1e6);
    if (p.kernel.policy == "fair") return virtual_time;
    if (p.kernel.policy == "eevdf") return format("due %.2f ms", static_cast<double>(s.deadline) / 1e6);
    return format("nice %d", s.nice);
  }
  return "";
}

}  // namespace

void draw_run_queue(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip({r.x - 2, r.y, r.w + 4, r.h});
  if (p.kernel.valid) {
    policy_bar(pane, r);
    r.take_top(64);
  }
  c.heading(r.x, r.y, "ON THE PROCESSOR");
  float x = r.x;
  const float y = r.y + 24;
  const auto box = [&](u32 pid, const std::string& note, float beside) {
    const auto* process = p.process(pid);
    const std::string name = process ? format("%u %s", pid, process->name.c_str()) : "idle";
    const float w = std::max(c.width(c.fonts->strong, name), c.width(c.fonts->label, note)) + 34;
    if (x + w + beside > r.right()) return false;
    const ImU32 colour = process ? process_colour(c, p, pid) : c.theme->kernel;
    const Rect card{x, y, w, 44};
    c.fill(card, fade(colour, 0.14f), 7);
    c.frame(card, colour, 7);
    c.fill({x + 9, y + 7, 9, 9}, colour, 2);
    c.text(c.fonts->strong, x + 24, y + 4, c.theme->ink, name);
    c.text(c.fonts->label, x + 24, y + 22, c.theme->soft, note);
    if (spot(pane, card,
             {process ? name : "idle", note,
              process ? state_text(*process) : "nobody wants the processor: it waits in HLT",
              process ? process_thing(pid) : Thing{}, process ? "show this process" : ""})
            .clicked)
      pane.picks.process = pid;
    x += w + 10;
    return true;
  };
  const u32 current = p.processes.current_pid;
  const auto* running = p.process(current);
  box(current, running ? format("%u tick%s left", running->slice_left, running->slice_left == 1 ? "" : "s") : "no work",
      0);
  x = std::max(x + 14, r.x + 150);
  if (x < r.right() - 80) c.heading(x, r.y, "READY, NEXT FIRST");
  constexpr float more = 58;  // "+17 more"
  const auto& queue = p.processes.run_queue;
  size_t shown = 0;
  while (shown < queue.size() && box(queue[shown], standing(p, queue[shown]), shown + 1 < queue.size() ? more : 0))
    ++shown;
  if (shown < queue.size())
    told(pane, {x, y + 13, r.right() - x, 18}, format("+%zu more", queue.size() - shown),
         "that wait for their turn, too");
  if (queue.empty()) c.text_fit(c.fonts->label, x, y + 13, r.right() - x, c.theme->soft, "nobody waits");
  c.unclip();
}

}  // namespace lucid::ui
