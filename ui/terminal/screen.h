// SPDX-License-Identifier: MIT
// A terminal's screen: rows of cells, a cursor, margins that scroll; and the lines that have left it at
// the top. Knows what happens to cells, not which bytes ask for it (terminal.h). Positions count from 0;
// whatever is asked for is cut to what there is.
#pragma once
#include <algorithm>
#include <deque>
#include <span>

#include "ui/terminal/cell.h"

namespace lucid::ui {

class Screen {
 public:
  static constexpr unsigned first_columns = 80, first_rows = 24;
  static constexpr size_t most_lines = 2000;  // kept, the screen included

  explicit Screen(bool keeps_lines);
  unsigned rows() const { return rows_; }
  unsigned columns() const { return columns_; }
  /// See resize.cpp. Takes the margins away; a saved place of the cursor moves as the cursor does. All lines have new
  /// numbers afterwards.
  void resize(unsigned rows, unsigned columns, unsigned& saved_row, unsigned& saved_column);

  /// The lines that left, oldest first, and the screen's rows.
  const std::deque<TerminalLine>& lines() const { return lines_; }
  /// How many lines were dropped at the beginning: line i of all is lines()[i - dropped()].
  u64 dropped() const { return dropped_; }
  u64 version() const { return version_; }  // of the line that changed last
  size_t top() const { return lines_.size() - rows_; }
  unsigned row() const { return row_; }
  /// At most columns() - 1, also while a wrap is due.
  unsigned column() const { return std::min(column_, columns_ - 1); }

  // The cursor.
  void move_to(unsigned row, unsigned column);
  void up(unsigned count);  // not over the top margin, from below it
  void down(unsigned count);
  void left(unsigned count);
  void right(unsigned count);
  void carriage_return() { column_ = 0; }
  /// Down, or the region scrolls.
  void line_feed(const Pen& pen);
  void reverse_line_feed(const Pen& pen);
  /// The next character goes to the next line. Only the last column has that.
  bool wrap_due() const { return column_ == columns_; }
  void set_wrap_due(bool due) { column_ = due ? columns_ : column(); }

  // Cells. What is erased takes the pen's paper.
  void put(char32_t character, unsigned width, const Pen& pen, bool wraps, bool inserts);
  void combine(char32_t mark);
  void erase(unsigned row, unsigned from, unsigned to, const Pen& pen);  // columns [from, to)
  void erase_rows(unsigned from, unsigned to, const Pen& pen);           // [from, to)
  void insert_cells(unsigned count, const Pen& pen);
  void delete_cells(unsigned count, const Pen& pen);
  void insert_lines(unsigned count, const Pen& pen);
  void delete_lines(unsigned count, const Pen& pen);
  void scroll_up(unsigned count, const Pen& pen);
  void scroll_down(unsigned count, const Pen& pen);
  void fill(char32_t character);
  /// The screen's lines leave, as if they had scrolled away; none that is blank at the end.
  void scroll_away(const Pen& pen);

  // Margins: [first, last].
  void set_margins(unsigned first, unsigned last) { first_ = first, last_ = last; }
  unsigned first_row() const { return first_; }
  unsigned last_row() const { return last_; }

 private:
  TerminalLine& line(unsigned row);
  std::span<Cell> cells(unsigned row);
  TerminalLine blank(const Pen& pen) const;
  /// Half of a wide character is none: blanks for both.
  void split(unsigned row, unsigned column);
  void scroll(unsigned first, unsigned last, unsigned count, bool up, const Pen& pen);
  void leave();

  std::deque<TerminalLine> lines_;
  bool keeps_lines_;
  u64 dropped_ = 0, version_ = 0;
  unsigned row_ = 0, column_ = 0;
  unsigned rows_ = first_rows, columns_ = first_columns;
  unsigned first_ = 0, last_ = first_rows - 1;
};

}  // namespace lucid::ui
