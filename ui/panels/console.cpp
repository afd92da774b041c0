// SPDX-License-Identifier: MIT
// The terminal on COM1: the newest lines, the cursor, scrollback by the wheel; dragging selects text and
// copies it. The page lays its own text over it (web/console.mjs), which screen readers can read.
#include <algorithm>

#include "ui/panels.h"
#include "ui/terminal/palette.h"

namespace lucid::ui {
namespace {

constexpr float row_height = 17;

/// Where the text is drawn.
struct Paper {
  const Canvas& c;
  const Screen& screen;
  Rect area;
  float cell;          // its width
  size_t first, end;   // of the lines shown
  TextPlace from, to;  // selected: [from, to)

  float y(size_t line) const { return area.y + static_cast<float>(line - first) * row_height; }
  Rect cells(size_t line, size_t begin, size_t stop) const {
    return {area.x + static_cast<float>(begin) * cell, y(line), static_cast<float>(stop - begin) * cell, row_height};
  }
  /// The line's cells that are selected.
  std::pair<size_t, size_t> selected(size_t line) const {
    const u64 number = screen.dropped() + line;
    if (number < from.line || number > to.line) return {0, 0};
    const size_t begin = number == from.line ? from.column : 0;
    return {begin, number == to.line ? std::max(to.column, begin) : screen.columns()};
  }
};

/// Runs of one look are drawn at once.
void draw_line(const Paper& paper, size_t index) {
  const auto& cells = paper.screen.lines()[index].cells;
  const Canvas& c = paper.c;
  for (size_t start = 0; start < cells.size();) {
    const Pen& pen = cells[start].pen;
    std::string run;
    size_t stop = start;
    // A wide character's font is as wide as it is: what follows begins anew.
    const bool wide = cells[start].width == 2;
    while (stop < cells.size() && cells[stop].pen == pen && (stop == start || !wide) &&
           (stop == start || cells[stop].width == 1)) {
      append_utf8(run, cells[stop].character);
      if (cells[stop].mark != 0) append_utf8(run, cells[stop].mark);
      ++stop;
    }
    if (wide && stop < cells.size()) ++stop;
    const CellColours colours = colours_of(pen, *c.theme);
    const Rect place = paper.cells(index, start, stop);
    if (colours.paper != 0) c.fill(place, colours.paper);
    c.text(c.fonts->mono, place.x, place.y, colours.ink, run);
    if (pen.style & Pen::bold) c.text(c.fonts->mono, place.x + 0.5f, place.y, colours.ink, run);
    if (pen.style & Pen::underlined) c.fill({place.x, place.bottom() - 2, place.w, 1}, colours.ink);
    if (pen.style & Pen::struck) c.fill({place.x, place.y + row_height / 2, place.w, 1}, colours.ink);
    start = stop;
  }
  const auto [begin, stop] = paper.selected(index);
  if (begin < stop) c.fill(paper.cells(index, begin, stop), fade(c.theme->accent, 0.22f));
}

std::string selected_text(const Screen& screen, const TextPlace& from, const TextPlace& to) {
  std::string out;
  const u64 last = screen.dropped() + screen.lines().size();
  for (u64 number = std::max(from.line, screen.dropped()); number <= to.line && number < last; ++number) {
    const TerminalLine& line = screen.lines()[number - screen.dropped()];
    out += text_of(line, number == from.line ? from.column : 0, number == to.line ? to.column : ~size_t{0});
    if (number != to.line && !line.continued) out += '\n';
  }
  return out;
}

/// Dragging selects; letting go copies, as terminals do.
void select(Pane& pane, const Hit& area, const Paper& paper) {
  const ImGuiIO& io = ImGui::GetIO();
  PanelState& state = pane.state;
  const float row = std::max(0.0f, (io.MousePos.y - paper.area.y) / row_height);
  const size_t line = std::min(paper.first + static_cast<size_t>(row), paper.end - 1);
  const float column =
      std::clamp((io.MousePos.x - paper.area.x) / paper.cell + 0.5f, 0.0f, static_cast<float>(paper.screen.columns()));
  const TextPlace there{paper.screen.dropped() + line, static_cast<size_t>(column)};
  if (area.hovered && io.MouseClicked[0]) state.from = state.to = there;
  if (area.held) state.to = there;
  if (area.held || !io.MouseReleased[0] || state.from == state.to || !area.hovered) return;
  const std::string text = selected_text(paper.screen, std::min(state.from, state.to), std::max(state.from, state.to));
  if (!text.empty()) pane.picks.copy = text;
}

}  // namespace

void draw_console(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Terminal& terminal = pane.terminal;
  const Screen& screen = terminal.screen();
  const bool focused = pane.console_focused;
  const Rect whole{r.x - 6, r.y - 4, r.w + 8, r.h + 8};
  const Hit area = hit("console", whole);
  if (area.clicked) pane.picks.console = true;
  c.fill(whole, c.theme->paper, 7);
  c.frame(whole, focused ? c.theme->accent : c.theme->line, 7, focused ? 1.5f : 1);

  // What is blank below the cursor is not worth the place, unless the program has the whole screen.
  size_t total = screen.lines().size();
  if (!terminal.alternate())
    while (total > terminal.cursor_line() + 1 && text_of(screen.lines()[total - 1]).empty()) --total;
  const auto fits = static_cast<size_t>(std::max(1.0f, r.h / row_height));
  const float cell = c.width(c.fonts->mono, "M");
  pane.picks.console_room = session::nearest_size(fits, static_cast<u64>(std::max(0.0f, r.w / cell)));
  const float most = total > fits ? static_cast<float>(total - fits) : 0;
  float& scroll = pane.state.scroll;
  scroll = std::clamp(scroll + wheel(whole) * 3, 0.0f, most);
  const size_t end = total - static_cast<size_t>(scroll);
  const size_t first = end > fits ? end - fits : 0;
  Paper paper{c, screen, r, cell, first, end, {}, {}};
  select(pane, area, paper);
  paper.from = std::min(pane.state.from, pane.state.to), paper.to = std::max(pane.state.from, pane.state.to);

  c.clip(r);
  for (size_t i = first; i < end; ++i) draw_line(paper, i);
  const size_t line = terminal.cursor_line();
  if (terminal.cursor_visible() && line >= first && line < end) {
    const Rect cursor = paper.cells(line, terminal.cursor_column(), terminal.cursor_column() + 1);
    if (focused)
      c.fill(cursor, fade(c.theme->accent, 0.5f));
    else
      c.frame(cursor, fade(c.theme->soft, 0.6f));
  }
  c.unclip();
}

}  // namespace lucid::ui
