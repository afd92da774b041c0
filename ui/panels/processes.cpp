// SPDX-License-Identifier: MIT
// Processes: the tree of the left column and the table of the Processes lens.
#include <algorithm>
#include <utility>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

/// Processes, and how deep in the tree.
using Rows = std::vector<std::pair<const inspect::ProcessView*, unsigned>>;

void tree_rows(const Picture& p, u32 parent, unsigned depth, Rows& rows) {
  if (depth > 24 || rows.size() > 500) return;
  for (const auto& process : p.processes.processes) {
    if (process.parent_pid != parent || process.pid == parent) continue;
    rows.emplace_back(&process, depth);
    tree_rows(p, process.pid, depth + 1, rows);
  }
}

bool zombie(const inspect::ProcessView& process) {
  return process.state == abi::TaskState::zombie || process.state == abi::TaskState::dead;
}

/// kthreadd, process 2, has no parent and all kernel threads as children, as on Linux.
bool kernel_thread(const Picture& p, const inspect::ProcessView& process) {
  const auto* kthreadd = p.process(2);
  return kthreadd && kthreadd->parent_pid == 0 && (process.pid == 2 || process.parent_pid == 2);
}

/// Another process is shown: its line comes into sight. While time passes nothing moves by itself.
void show_chosen(Pane& pane, const Rows& rows, const Rect& list, float row) {
  const bool passing = std::exchange(pane.state.seen, pane.history.now()) != pane.history.now();
  const auto pid = static_cast<int>(pane.p.pid);
  if (passing || pane.state.hovered || pane.state.choice == pid) return;
  pane.state.choice = pid;
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].first->pid == pane.p.pid) pane.show_line(list, i, row);
}

}  // namespace

ImU32 process_colour(const Canvas& c, const Picture& p, u32 pid) {
  if (pid == 0) return c.theme->kernel;
  if (const auto* process = p.process(pid))
    return kernel_thread(p, *process) ? c.theme->kernel : c.theme->owner(process->colour);
  return c.theme->owner(p.colours.of(pid));
}

const char* state_text(const inspect::ProcessView& process) {
  switch (process.state) {
    case abi::TaskState::created:
      return "new";
    case abi::TaskState::ready:
      return "ready";
    case abi::TaskState::running:
      return "running";
    case abi::TaskState::stopped:
      return "stopped";
    case abi::TaskState::zombie:
      return "zombie";
    case abi::TaskState::dead:
    case abi::TaskState::unused:
      return "gone";
    case abi::TaskState::sleeping:
      break;
  }
  switch (process.wait_reason) {
    case abi::WaitReason::child:
      return "waits for child";
    case abi::WaitReason::pipe_read:
      return "reads pipe";
    case abi::WaitReason::pipe_write:
      return "writes pipe";
    case abi::WaitReason::tty_read:
      return "reads tty";
    case abi::WaitReason::sleep:
      return "sleeps";
    case abi::WaitReason::poll:
      return "polls";
    case abi::WaitReason::futex:
      return "futex";
    case abi::WaitReason::disk:
      return "waits for disk";
    case abi::WaitReason::signal:
      return "waits for signal";
    default:
      return "sleeps";
  }
}

void draw_process_tree(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip({r.x - 8, r.y, r.w + 16, r.h});
  float y = r.y + c.heading(r.x, r.y, "PROCESSES");
  if (!p.processes.valid || p.processes.processes.empty()) {
    c.text_wrapped(c.fonts->label, r.x, y, r.w, c.theme->soft,
                   p.processes.why_not.empty() ? "No process yet: the kernel is starting." : p.processes.why_not);
    c.unclip();
    return;
  }
  Rows rows;
  tree_rows(p, 0, 0, rows);
  // A parent that is gone leaves its children without a root: show them all the same.
  for (const auto& process : p.processes.processes) {
    const bool shown = std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.first == &process; });
    if (!shown) rows.emplace_back(&process, 0);
  }
  // Closer together when there are many.
  const Rect list{r.x, y, r.w, r.bottom() - y};
  const float row = std::clamp(list.h / static_cast<float>(rows.size()), 20.0f, 28.0f);
  show_chosen(pane, rows, list, row);
  for (size_t i = pane.scrolled(list, rows.size(), row); i < rows.size() && y + row <= r.bottom() + 1; ++i) {
    const inspect::ProcessView& process = *rows[i].first;
    const ImU32 colour = process_colour(c, p, process.pid);
    const float x = r.x + 16.0f * static_cast<float>(std::min(rows[i].second, 6u));
    const Rect line{r.x - 6, y - 3, r.w + 12, row - 2};
    if (process.pid == p.pid) c.fill(line, fade(colour, 0.14f), 6);
    c.swatch(x, y + 1, zombie(process) ? fade(colour, 0.4f) : colour);
    const std::string name = format("%u %s", process.pid, process.name.c_str());
    ImFont* font = process.current ? c.fonts->strong : c.fonts->label;
    const char* state = state_text(process);
    const float state_width = c.width(c.fonts->label, state);
    const float name_room = r.right() - state_width - 8 - (x + 17);
    c.text_fit(font, x + 17, y + 1, name_room,
               zombie(process)   ? c.theme->soft
               : process.current ? mix(colour, c.theme->ink, 0.5f)
                                 : c.theme->ink,
               name);
    if (zombie(process)) {
      const float w = std::min(c.width(font, name), name_room);
      c.list->AddLine({x + 17, y + 10}, {x + 17 + w, y + 10}, c.theme->soft);
    }
    c.text_right(c.fonts->label, r.right(), y + 1, c.theme->soft, state);
    const bool chosen = process.pid == p.pid && !p.following;
    const std::string explain =
        format("PID %u, parent %u, %s\n%s of processor time, %llu KiB resident", process.pid, process.parent_pid, state,
               duration(process.cpu_ticks).c_str(), static_cast<unsigned long long>(process.resident_frames * 4));
    const Hit area =
        spot(pane, line,
             {process.program.empty() ? process.name : process.program, std::to_string(process.pid), explain,
              process_thing(process.pid), chosen ? "follow the running process again" : "show this process"});
    if (area.clicked) pane.picks.process = chosen ? 0 : process.pid;
    y += row;
  }
  c.unclip();
}

void draw_process_table(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip({r.x - 8, r.y, r.w + 16, r.h});
  const float columns[] = {0, 0.10f, 0.20f, 0.42f, 0.66f, 0.84f};
  static constexpr const char* titles[] = {"PID", "PARENT", "NAME", "STATE", "CPU TIME", "RESIDENT"};
  // Numbers end where their title ends.
  const auto end = [&](int i) { return i == 5 ? r.right() : r.x + r.w * columns[i] + 84; };
  for (int i = 0; i < 6; ++i)
    c.heading(i < 4 ? r.x + r.w * columns[i] : end(i) - c.heading_width(titles[i]), r.y, titles[i]);
  float y = r.y + 26;
  const auto& all = p.processes.processes;
  const Rect list{r.x, y, r.w, r.bottom() - y - (p.processes.run_queue.empty() ? 0 : 34)};
  for (size_t i = pane.scrolled(list, all.size(), 26); i < all.size() && y + 26 <= list.bottom() + 1; ++i) {
    const inspect::ProcessView& process = all[i];
    const ImU32 colour = process_colour(c, p, process.pid);
    const Rect line{r.x - 6, y - 4, r.w + 12, 26};
    if (process.pid == p.pid) c.fill(line, fade(colour, 0.14f), 6);
    const auto x = [&](int i) { return r.x + r.w * columns[i]; };
    const auto room = [&](int i) { return r.w * ((i < 5 ? columns[i + 1] : 1) - columns[i]) - 8; };
    c.swatch(x(0), y, colour);
    const auto cell = [&](int i, ImFont* font, ImU32 ink, const Meaning& meaning) {
      const float left = x(i) + (i == 0 ? 16.0f : 0.0f);
      if (i < 4)
        c.text_fit(font, left, y, x(i) + room(i) - left, ink, meaning.value);
      else
        c.text_right(font, end(i), y, ink, meaning.value);
      if (spot(pane, {x(i) - 2, y - 2, room(i) + 4, 22}, meaning).clicked) pane.picks.process = process.pid;
    };
    const Thing self = process_thing(process.pid);
    const char* click = "show this process";
    cell(0, c.fonts->mono, c.theme->ink, {"pid", std::to_string(process.pid), "its number", self, click});
    cell(1, c.fonts->mono, c.theme->soft,
         {"parent", std::to_string(process.parent_pid), "who forked it, or has adopted it",
          process.parent_pid ? process_thing(process.parent_pid) : Thing{}, click});
    cell(2, process.current ? c.fonts->strong : c.fonts->label, c.theme->ink,
         {"name", process.name, process.program.empty() ? "a thread of the kernel" : process.program, self, click});
    cell(3, c.fonts->label, c.theme->soft, {"state", state_text(process), "what it does, or waits for", self, click});
    cell(4, c.fonts->mono, c.theme->ink,
         {"cpu time", duration(process.cpu_ticks), "processor time it has used", self, click});
    cell(5, c.fonts->mono, c.theme->ink,
         {"resident", format("%llu KiB", static_cast<unsigned long long>(process.resident_frames * 4)),
          "its pages that have a frame", self, click});
    y += 26;
  }
  if (!p.processes.run_queue.empty() && y + 30 < r.bottom()) {
    y += 8;
    std::string queue;
    for (const u32 pid : p.processes.run_queue) queue += (queue.empty() ? "" : " \u2192 ") + std::to_string(pid);
    field(pane, {r.x, y, r.w, 20}, 80, {"Run queue", queue, "who is ready to run, next first", {}, ""});
  }
  if (!p.processes.valid) c.text_wrapped(c.fonts->label, r.x, y, r.w, c.theme->soft, p.processes.why_not);
  c.unclip();
}

}  // namespace lucid::ui
