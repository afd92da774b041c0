// SPDX-License-Identifier: MIT
// The panels: each a function of const values that draws into a rectangle and returns what the
// reader did. One file each in panels/; App (app.cpp) says which are shown where.
#pragma once
#include <optional>

#include "ui/draw.h"
#include "ui/history.h"
#include "ui/marks.h"
#include "ui/picture.h"
#include "ui/terminal.h"

namespace lucid::ui {

/// What a panel wants changed in the selection the panels share.
struct Picks {
  std::optional<u32> process;     // select this one (0: follow the running one)
  std::optional<Gva> address;     // walk the page tables for it
  std::optional<Gva> breakpoint;  // toggle
  std::optional<u64> time;        // go there (ticks)
  bool console = false;           // focus the console
};

/// How much of a list is scrolled away, in lines.
struct Scroll {
  float lines = 0;
};

void draw_registers(const Canvas& c, Rect r, const Picture& p, const ChangeMarks& marks, double now, Picks& picks);
void draw_instruction(const Canvas& c, Rect r, const Picture& p);
void draw_disassembly(const Canvas& c, Rect r, const Picture& p, Picks& picks);
void draw_control(const Canvas& c, Rect r, const Picture& p);
void draw_process_tree(const Canvas& c, Rect r, const Picture& p, Picks& picks);
void draw_process_table(const Canvas& c, Rect r, const Picture& p, Picks& picks);
void draw_memory_map(const Canvas& c, Rect r, const Picture& p, Picks& picks);
void draw_frames(const Canvas& c, Rect r, const Picture& p, Picks& picks);
void draw_walk(const Canvas& c, Rect r, const Picture& p, Picks& picks);
void draw_events(const Canvas& c, Rect r, const Picture& p, const History& history, Scroll& scroll);
void draw_counters(const Canvas& c, Rect r, const Picture& p);
void draw_timeline(const Canvas& c, Rect r, const Picture& p, const History& history, double& span, Picks& picks);
void draw_console(const Canvas& c, Rect r, const Terminal& terminal, Scroll& scroll, bool focused, Picks& picks);

/// The colour of a process, slate for the kernel and idle.
ImU32 process_colour(const Canvas& c, const Picture& p, u32 pid);
/// "stack", "heap", "text" …
const char* vma_text(const inspect::VmaView& vma);
const char* state_text(const inspect::ProcessView& process);

}  // namespace lucid::ui
