// SPDX-License-Identifier: MIT
// The terminal on COM1: the newest lines, the cursor, scrollback by the wheel.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

ImU32 ansi(const Canvas& c, const Cell& cell) {
  if (cell.colour == 0xff) return c.theme->ink;
  static constexpr int owner_of[8] = {-1, 1, 2, 4, 0, 3, 5, -2};  // black red green yellow blue magenta cyan white
  const int owner = owner_of[cell.colour & 7];
  if (owner == -1) return c.theme->soft;
  if (owner == -2) return c.theme->ink;
  return c.theme->process[owner];
}

}  // namespace

void draw_console(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Terminal& terminal = pane.terminal;
  const bool focused = pane.console_focused;
  float& scroll = pane.state.scroll;
  const Rect whole{r.x - 6, r.y - 4, r.w + 8, r.h + 8};
  if (hit("console", whole).clicked) pane.picks.console = true;
  c.fill(whole, c.theme->paper, 7);
  c.frame(whole, focused ? c.theme->accent : c.theme->line, 7, focused ? 1.5f : 1);
  c.clip(r);
  constexpr float row = 17;
  const auto fits = static_cast<size_t>(std::max(1.0f, r.h / row));
  const size_t total = std::max<size_t>(terminal.lines().size(), terminal.cursor_line() + 1);
  const float most = total > fits ? static_cast<float>(total - fits) : 0;
  scroll = std::clamp(scroll + wheel(whole) * 3, 0.0f, most);
  const size_t end = total - static_cast<size_t>(scroll);
  const size_t first = end > fits ? end - fits : 0;
  const float cell_width = c.width(c.fonts->mono, "M");
  for (size_t i = first; i < end; ++i) {
    const float y = r.y + static_cast<float>(i - first) * row;
    if (i == terminal.cursor_line()) {
      const Rect cursor{r.x + static_cast<float>(terminal.cursor_column()) * cell_width, y, cell_width, row - 1};
      if (focused)
        c.fill(cursor, fade(c.theme->accent, 0.5f));
      else
        c.frame(cursor, fade(c.theme->soft, 0.6f));
    }
    if (i >= terminal.lines().size()) continue;
    const auto& cells = terminal.lines()[i];
    // Runs of one colour are drawn at once.
    for (size_t start = 0; start < cells.size();) {
      size_t stop = start;
      std::string run;
      while (stop < cells.size() && cells[stop].colour == cells[start].colour)
        append_utf8(run, cells[stop++].character);
      c.text(c.fonts->mono, r.x + static_cast<float>(start) * cell_width, y, ansi(c, cells[start]), run);
      start = stop;
    }
  }
  c.unclip();
}

}  // namespace lucid::ui
