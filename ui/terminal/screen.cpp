// SPDX-License-Identifier: MIT
#include "ui/terminal/screen.h"

#include <algorithm>
#include <utility>

namespace lucid::ui {
namespace {

Cell blank_cell(const Pen& pen) {
  Cell cell;
  cell.pen.paper = pen.paper;  // "background colour erase", as the linux and xterm terminals do
  return cell;
}

}  // namespace

Screen::Screen(bool keeps_lines) : keeps_lines_(keeps_lines) {
  for (unsigned i = 0; i < rows_; ++i) lines_.push_back(blank({}));
  for (unsigned i = 0; i < rows_; ++i) line(i);
}

TerminalLine Screen::blank(const Pen& pen) const { return {std::vector<Cell>(columns_, blank_cell(pen)), 0, false}; }

TerminalLine& Screen::line(unsigned row) {
  TerminalLine& line = lines_[top() + row];
  line.version = ++version_;
  return line;
}

std::span<Cell> Screen::cells(unsigned row) { return line(row).cells; }

void Screen::move_to(unsigned row, unsigned column) {
  row_ = std::min(row, rows_ - 1);
  column_ = std::min(column, columns_ - 1);
}

void Screen::up(unsigned count) {
  const unsigned limit = row_ < first_ ? 0 : first_;
  row_ -= std::min(count, row_ - limit);
  set_wrap_due(false);
}

void Screen::down(unsigned count) {
  const unsigned limit = row_ > last_ ? rows_ - 1 : last_;
  row_ += std::min(count, limit - row_);
  set_wrap_due(false);
}

void Screen::left(unsigned count) { column_ = column() - std::min(count, column()); }
void Screen::right(unsigned count) { column_ = column() + std::min(count, columns_ - 1 - column()); }

void Screen::line_feed(const Pen& pen) {
  if (row_ == last_)
    scroll_up(1, pen);
  else if (row_ < rows_ - 1)
    ++row_;
}

void Screen::reverse_line_feed(const Pen& pen) {
  if (row_ == first_)
    scroll_down(1, pen);
  else if (row_ > 0)
    --row_;
}

void Screen::split(unsigned row, unsigned column) {
  const std::span<Cell> all = cells(row);
  if (column >= columns_ || all[column].width != 0) return;
  all[column] = blank_cell(all[column].pen);
  if (column > 0) all[column - 1] = blank_cell(all[column - 1].pen);
}

void Screen::put(char32_t character, unsigned width, const Pen& pen, bool wraps, bool inserts) {
  if (column_ + width > columns_) {
    if (wraps) {
      line(row_).continued = true;
      column_ = 0;
      line_feed(pen);
    } else {
      column_ = columns_ - width;
    }
  }
  if (inserts) insert_cells(width, pen);
  split(row_, column_);
  split(row_, column_ + width);
  const std::span<Cell> all = cells(row_);
  all[column_] = {character, 0, static_cast<u8>(width), pen};
  if (width == 2) all[column_ + 1] = {' ', 0, 0, pen};
  column_ += width;
  if (!wraps) set_wrap_due(false);
}

void Screen::combine(char32_t mark) {
  if (column_ == 0) return;
  const std::span<Cell> all = cells(row_);
  unsigned before = column_ - 1;
  if (all[before].width == 0 && before > 0) --before;
  all[before].mark = mark;
}

void Screen::erase(unsigned row, unsigned from, unsigned to, const Pen& pen) {
  to = std::min(to, columns_);
  if (from >= to) return;
  split(row, from);
  split(row, to);
  TerminalLine& all = line(row);
  std::fill(all.cells.begin() + from, all.cells.begin() + to, blank_cell(pen));
  if (to == columns_) all.continued = false;
}

void Screen::erase_rows(unsigned from, unsigned to, const Pen& pen) {
  for (unsigned row = from; row < std::min(to, rows_); ++row) erase(row, 0, columns_, pen);
}

void Screen::insert_cells(unsigned count, const Pen& pen) {
  count = std::min(count, columns_ - column());
  split(row_, column());
  const std::span<Cell> all = cells(row_).subspan(column());
  std::move_backward(all.begin(), all.end() - count, all.end());
  std::fill_n(all.begin(), count, blank_cell(pen));
  if (all.back().width == 2) all.back() = blank_cell(all.back().pen);
}

void Screen::delete_cells(unsigned count, const Pen& pen) {
  count = std::min(count, columns_ - column());
  split(row_, column());
  split(row_, column() + count);
  const std::span<Cell> all = cells(row_).subspan(column());
  std::move(all.begin() + count, all.end(), all.begin());
  std::fill(all.end() - count, all.end(), blank_cell(pen));
}

/// Lines [first, last] move by `count`; blanks come in.
void Screen::scroll(unsigned first, unsigned last, unsigned count, bool up, const Pen& pen) {
  count = std::min(count, last - first + 1);
  const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(top() + first);
  const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(top() + last + 1);
  if (up) {
    std::move(begin + count, end, begin);
    std::fill(end - count, end, blank(pen));
  } else {
    std::move_backward(begin, end - count, end);
    std::fill(begin, begin + count, blank(pen));
  }
  for (unsigned row = first; row <= last; ++row) line(row);
}

void Screen::insert_lines(unsigned count, const Pen& pen) {
  if (row_ >= first_ && row_ <= last_) scroll(row_, last_, count, false, pen);
}

void Screen::delete_lines(unsigned count, const Pen& pen) {
  if (row_ >= first_ && row_ <= last_) scroll(row_, last_, count, true, pen);
}

/// The first row becomes one of the lines that left, without its blank end.
void Screen::leave() {
  TerminalLine& first = line(0);
  if (!first.continued) first.cells.resize(used_cells(first.cells));
  first.cells.shrink_to_fit();
}

void Screen::scroll_up(unsigned count, const Pen& pen) {
  if (!keeps_lines_ || first_ != 0) return scroll(first_, last_, count, true, pen);
  for (unsigned i = 0; i < std::min(count, last_ + 1); ++i) {
    leave();
    // What is below the region stays where it is.
    const auto below = lines_.begin() + static_cast<std::ptrdiff_t>(top() + last_ + 1);
    lines_.insert(below, blank(pen));
    for (unsigned row = last_; row < rows_; ++row) line(row);
    if (lines_.size() > most_lines) lines_.pop_front(), ++dropped_;
  }
}

void Screen::scroll_down(unsigned count, const Pen& pen) { scroll(first_, last_, count, false, pen); }

void Screen::scroll_away(const Pen& pen) {
  unsigned used = rows_;
  while (used > 0 && used_cells(lines_[top() + used - 1].cells) == 0) --used;
  const unsigned first = std::exchange(first_, 0u), last = std::exchange(last_, rows_ - 1);
  scroll_up(used, pen);
  first_ = first, last_ = last;
  erase_rows(0, rows_, pen);
}

void Screen::fill(char32_t character) {
  for (unsigned row = 0; row < rows_; ++row)
    for (Cell& cell : cells(row)) cell = {character, 0, 1, {}};
}

}  // namespace lucid::ui
