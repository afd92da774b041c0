// SPDX-License-Identifier: MIT
// A terminal: bytes of a serial line in, lines of cells out. What programs for TERM=linux, vt100 and
// xterm send: ECMA-48, DEC's private modes and line graphics, the alternate screen; SGR with 16, 256 and
// 16 million colours; UTF-8 with wide and combining characters. What it does not know is swallowed.
// The oracle is tmux: tests/ui/terminal_test.py.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "core/abi/boot_info.h"
#include "ui/terminal/parser.h"
#include "ui/terminal/screen.h"

namespace lucid::ui {

class Terminal {
 public:
  void write(std::string_view bytes);
  void clear() { *this = {}; }
  /// 2 to 200 rows of 10 to 500 columns; at first 24 of 80.
  void resize(unsigned rows, unsigned columns);

  /// What is shown: the main screen with the lines that left it, or the alternate one.
  const Screen& screen() const { return alternate_ ? other_ : main_; }
  bool alternate() const { return alternate_; }
  bool cursor_visible() const { return cursor_visible_; }
  /// The cursor's line among screen().lines().
  size_t cursor_line() const { return screen().top() + screen().row(); }
  unsigned cursor_column() const { return screen().column(); }
  /// All lines, for copying and tests.
  std::string text() const;

  /// What programs asked for: where the cursor is, which terminal this is. It goes to them as if typed.
  std::string take_answers() { return std::exchange(answers_, {}); }
  /// What a cursor key sends: 'A' up, 'B' down, 'C' right, 'D' left, 'H' home, 'F' end (DECCKM).
  std::string cursor_key(char letter) const { return {'\x1b', cursor_keys_ ? 'O' : '[', letter}; }
  /// What a pasted text sends: lines end with CR, and programs that asked are told where it begins and ends.
  std::string pasted(std::string_view text) const;

 private:
  struct Saved {
    unsigned row = 0, column = 0;
    bool wrap_due = false, origin = false;
    Pen pen;
    bool graphics[2] = {};
    u8 shift = 0;
  };

  Screen& active() { return alternate_ ? other_ : main_; }
  void perform();
  void put(char32_t character);
  void answer(std::string_view text);
  void control(u8 byte);
  void escape();
  void sequence();
  void private_sequence();
  void move_cursor(u8 final);
  void move_to(unsigned row, unsigned column);
  void erase(u8 final);
  void set_mode(u32 mode, bool on);
  void set_private_mode(u32 mode, bool on);
  void set_margins();
  void set_pen();
  TerminalColour colour(unsigned& at) const;
  void use_alternate(bool on, bool clears);
  void save() { saved_[alternate_] = state(); }
  void restore();
  Saved state() const;
  void tab(unsigned count);
  void tab_back(unsigned count);

  TerminalParser parser_;
  Screen main_{true}, other_{false};
  bool alternate_ = false;
  Pen pen_;
  bool graphics_[2] = {};  // G0 and G1 are DEC's line graphics
  u8 shift_ = 0;           // which of them is meant
  Saved saved_[2];         // by screen
  bool wraps_ = true, inserts_ = false, origin_ = false, cursor_visible_ = true, cursor_keys_ = false;
  bool new_line_ = false, bracketed_ = false;
  bool tabs_[abi::most_console_columns] = {};
  bool standard_tabs_ = true;  // every eight columns; else `tabs_`
  char32_t last_ = 0;          // character, for REP
  std::string answers_;
};

}  // namespace lucid::ui
