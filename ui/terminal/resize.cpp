// SPDX-License-Identifier: MIT
// What becomes of a screen's lines when it gets another size. Where lines are kept, those that were wrapped are joined
// and wrapped anew, as most terminals do today; a full screen then keeps its bottom (lines come back from above or
// leave there), one that is not keeps its top as long as the cursor fits. The alternate screen is cut: the program
// whose it is draws it again.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "ui/terminal/screen.h"

namespace lucid::ui {
namespace {

struct Place {
  size_t line, column;
};

/// All lines with at most so many columns; the places move with what is written there (column `columns`: behind a full
/// one).
std::deque<TerminalLine> wrapped(const std::deque<TerminalLine>& lines, unsigned columns, std::span<Place> places) {
  std::deque<TerminalLine> out;
  const std::vector<Place> were(places.begin(), places.end());
  for (size_t first = 0, next; first < lines.size(); first = next) {
    std::vector<Cell> text;
    std::vector<std::optional<size_t>> offsets(were.size());
    for (next = first; next == first || (next < lines.size() && lines[next - 1].continued); ++next) {
      for (size_t i = 0; i < were.size(); ++i)
        if (were[i].line == next) offsets[i] = text.size() + were[i].column;
      text.insert(text.end(), lines[next].cells.begin(), lines[next].cells.end());
    }
    text.resize(used_cells(text));
    size_t begin = 0;
    do {
      size_t end = std::min(text.size(), begin + columns);
      if (end < text.size() && text[end].width == 0) --end;  // both halves of a wide character
      const auto at = text.begin();
      out.push_back(
          {{at + static_cast<std::ptrdiff_t>(begin), at + static_cast<std::ptrdiff_t>(end)}, 0, end < text.size()});
      for (size_t i = 0; i < were.size(); ++i)
        if (offsets[i] && *offsets[i] >= begin && (*offsets[i] < end || end == text.size()))
          places[i] = {out.size() - 1, std::min<size_t>(*offsets[i] - begin, columns)};
      begin = end;
    } while (begin < text.size());
  }
  return out;
}

void fit(TerminalLine& line, unsigned columns) {
  line.cells.resize(columns);
  if (line.cells.back().width == 2) line.cells.back() = {};
}

}  // namespace

void Screen::resize(unsigned rows, unsigned columns, unsigned& saved_row, unsigned& saved_column) {
  if (rows == rows_ && columns == columns_) return;
  std::array<Place, 3> places = {{{top(), 0}, {top() + row_, column_}, {top() + saved_row, saved_column}}};
  const Place &first = places[0], &cursor = places[1], &saved = places[2];
  const auto last_used = [&] {
    size_t last = lines_.size() - 1;
    while (last > cursor.line && used_cells(lines_[last].cells) == 0) --last;
    return last;
  };
  dropped_ += lines_.size();
  size_t begin = row_ < rows ? top() : top() + row_ + 1 - rows;
  if (keeps_lines_) {
    const bool full = last_used() + 1 == lines_.size();
    lines_ = wrapped(lines_, columns, places);
    const size_t used = last_used() + 1, least = used > rows ? used - rows : 0;
    begin = std::min(full ? least : std::max(first.line, least), cursor.line);
  }
  lines_.resize(begin + rows);
  for (size_t i = keeps_lines_ ? begin : 0; i < lines_.size(); ++i) fit(lines_[i], columns);
  const size_t most = keeps_lines_ ? most_lines : rows, over = lines_.size() > most ? lines_.size() - most : 0;
  lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(over));
  dropped_ += over;
  for (TerminalLine& each : lines_) each.version = ++version_;

  rows_ = rows, columns_ = columns;
  first_ = 0, last_ = rows - 1;
  row_ = static_cast<unsigned>(cursor.line - begin);
  column_ = static_cast<unsigned>(std::min<size_t>(cursor.column, keeps_lines_ ? columns : columns - 1));
  saved_row = static_cast<unsigned>(std::clamp(saved.line, begin, begin + rows - 1) - begin);
  saved_column = static_cast<unsigned>(std::min<size_t>(saved.column, columns - 1));
}

}  // namespace lucid::ui
