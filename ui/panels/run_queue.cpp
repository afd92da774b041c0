// SPDX-License-Identifier: MIT
// Who has the processor, how much of its slice is left, and who waits for it, next first.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {

namespace {

struct PolicyWords {
  const char *name, *title, *rule;
};
constexpr PolicyWords policies[] = {
    {"rr", "round robin", "each in turn for the same slice"},
    {"latency", "target latency", "each in turn; the slices shrink so that all had their turn within the latency"},
    {"fair", "fair", "who has used least of its share runs next: the lowest vruntime"},
    {"eevdf", "EEVDF", "among those who are owed time, the earliest virtual deadline runs next"},
    {"cooperative", "cooperative", "who runs goes on until it waits or yields"}};

const PolicyWords* words_of(const std::string& policy) {
  for (const PolicyWords& words : policies)
    if (policy == words.name) return &words;
  return nullptr;
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
  if (const PolicyWords* words = words_of(p.kernel.policy)) {
    const float w = c.text(c.fonts->strong, r.x, r.y, c.theme->ink, words->title);
    c.text_fit(c.fonts->label, r.x + w + 10, r.y, r.w - w - 10, c.theme->soft, words->rule);
    spot(pane, {r.x, r.y - 2, r.w, 20}, {"policy", p.kernel.policy, words->rule, {}, ""});
    r.take_top(28);
  }
  c.heading(r.x, r.y, "ON THE PROCESSOR");
  float x = r.x;
  const float y = r.y + 24;
  const auto box = [&](u32 pid, const std::string& note) {
    const auto* process = p.process(pid);
    const std::string name = process ? format("%u %s", pid, process->name.c_str()) : "idle";
    const float w = std::max(c.width(c.fonts->strong, name), c.width(c.fonts->label, note)) + 34;
    if (x + w > r.right()) return false;
    const ImU32 colour = process ? process_colour(c, p, pid) : c.theme->kernel;
    const Rect card{x, y, w, 44};
    c.fill(card, fade(colour, 0.14f), 7);
    c.frame(card, colour, 7);
    c.fill({x + 9, y + 9, 9, 9}, colour, 2);
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
  box(current,
      running ? format("%u tick%s left", running->slice_left, running->slice_left == 1 ? "" : "s") : "no work");
  x = std::max(x + 14, r.x + 150);
  if (x < r.right() - 80) c.heading(x, r.y, "READY, NEXT FIRST");
  for (const u32 pid : p.processes.run_queue)
    if (!box(pid, standing(p, pid))) break;
  if (p.processes.run_queue.empty())
    c.text_fit(c.fonts->label, x, y + 13, r.right() - x, c.theme->soft, "nobody waits");
  c.unclip();
}

}  // namespace lucid::ui
