// SPDX-License-Identifier: MIT
// A terminal: bytes of a serial line in, lines of coloured cells out. Understands CR LF BS TAB BEL
// and the ECMA-48 sequences that programs use on a "linux" console: SGR colours, cursor movement,
// erase in line and display; anything else is swallowed.
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.h"

namespace lucid::ui {

struct Cell {
  char32_t character = ' ';
  u8 colour = 0xff;  // 0..15, 0xff = the default
  bool bold = false;
};

void append_utf8(std::string& out, char32_t character);

class Terminal {
 public:
  static constexpr unsigned columns = 80;
  static constexpr unsigned screen_rows = 24;
  static constexpr size_t scrollback = 2000;

  void write(std::string_view bytes);
  void clear() { *this = {}; }

  const std::deque<std::vector<Cell>>& lines() const { return lines_; }  // oldest first, the screen last
  size_t cursor_line() const { return top() + row_; }
  unsigned cursor_column() const { return column_; }
  std::string text() const;  // for copying and tests

 private:
  size_t top() const { return lines_.size() > screen_rows ? lines_.size() - screen_rows : 0; }
  std::vector<Cell>& line();
  void put(char32_t character);
  void new_line();
  void byte(u8 value);
  void sequence(char final);

  std::deque<std::vector<Cell>> lines_;
  unsigned row_ = 0, column_ = 0;
  u8 colour_ = 0xff;
  bool bold_ = false;
  enum class State : u8 { text, escape, csi } state_ = State::text;
  std::string parameters_;
  char32_t partial_ = 0;  // a UTF-8 character under way
  unsigned partial_left_ = 0;
};

}  // namespace lucid::ui
