// SPDX-License-Identifier: MIT
// System calls, newest last, as strace lists them: who, what, with what, and what came back. One
// unfolds into its arguments; strings and structures are read from memory of that moment.
#include <algorithm>

#include "core/inspect/syscall_text.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 19;

u64 no_memory(Gva, void*, u64) { return 0; }

std::string line_of(const Picture& p, const Call& call) {
  if (const auto text = p.call_texts.find(call.number); text != p.call_texts.end()) return text->second;
  inspect::SyscallText text(call.nr, call.args);
  std::string line = text.begin(no_memory);
  return line + (call.to == Call::never ? "\u2026" : text.finish(no_memory, call.result));
}

}  // namespace

void draw_calls(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const History& history = pane.history;
  c.clip(r);
  std::vector<const Call*> shown;
  for (const Call& call : history.calls())
    if (call.from < history.now() && (p.following || call.pid == p.pid)) shown.push_back(&call);
  std::reverse(shown.begin(), shown.end());
  const std::string words =
      p.following
          ? "Newest first. Click a call to see what its pointers pointed to."
          : format("Those of process %u, newest first. Click a call to see what its pointers pointed to.", p.pid);
  r.take_top(told_wrapped(pane, r, c.theme->soft, words, "what programs asked the kernel for") + 12);
  float y = r.y;
  for (size_t i = pane.scrolled(r, shown.size(), row); i < shown.size() && y + row <= r.bottom(); ++i) {
    const Call& call = *shown[i];
    const bool open = pane.state.open.contains(call.number);
    const float time_width = r.w > 520 ? 78 : 0;
    const Thing thing = event_thing(call.number, call.pid, call.from);
    if (time_width > 0) {
      c.text(c.fonts->mono_small, r.x, y + 2, c.theme->soft, duration(call.from));
      if (spot(pane, {r.x, y, time_width - 4, row - 1},
               {"entered", duration(call.from), "when the program called", thing, "go to this moment"})
              .clicked)
        pane.picks.time = call.from;
    }
    const float who_x = r.x + time_width;
    c.fill({who_x, y + 3, 9, 9}, process_colour(c, p, call.pid), 2);
    const float text_x = who_x + 15;
    const std::string line = line_of(p, call);
    const float height =
        open ? std::max(row, c.text_wrapped(c.fonts->mono, text_x, y, r.right() - text_x, c.theme->ink, line) + 4)
             : row;
    if (!open)
      c.text_fit(c.fonts->mono, text_x, y, r.right() - text_x, call.to == Call::never ? c.theme->soft : c.theme->ink,
                 line);
    const std::string explain =
        format("%u %s, %s", call.pid, history.name(call.pid).c_str(),
               call.to == Call::never ? "not returned yet" : ("took " + duration(call.to - call.from)).c_str());
    const Hit area = spot(
        pane, {who_x, y, r.right() - who_x, height - 1},
        {inspect::syscall_name(call.nr), line, explain, thing, open ? "fold it" : "see what its pointers pointed to"});
    if (area.clicked && !pane.state.open.insert(call.number).second) pane.state.open.erase(call.number);
    if (area.clicked) pane.picks.call = call.number;
    y += height;
    if (!open || y + 26 > r.bottom()) continue;
    float w = 0;
    if (chip(c, format("entry%zu", i).c_str(), text_x - 8, y - 2, "go to its entry", false, &w))
      pane.picks.time = call.from;
    if (call.to != Call::never &&
        chip(c, format("exit%zu", i).c_str(), text_x - 8 + w, y - 2, "go to its return", false, nullptr))
      pane.picks.time = call.to;
    y += 28;
  }
  if (shown.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "No system call yet: programs make them. Let time pass, or type a command.");
  c.unclip();
}

}  // namespace lucid::ui
