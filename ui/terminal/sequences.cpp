// SPDX-License-Identifier: MIT
// Control sequences (CSI), by their names in ECMA-48 8.3 and, where it has none, in DEC's manuals and
// xterm's control sequences.
#include <algorithm>

#include "ui/terminal/terminal.h"

namespace lucid::ui {

void Terminal::sequence() {
  const TerminalParser& p = parser_;
  const u32 count = p.count_parameter(0);
  Screen& screen = active();
  if (p.intermediate() != 0) {
    if (p.intermediate() == '!' && p.final_byte() == 'p') {  // DECSTR
      pen_ = {}, origin_ = inserts_ = cursor_keys_ = false, cursor_visible_ = wraps_ = true;
      graphics_[0] = graphics_[1] = false, shift_ = 0;
      screen.set_margins(0, screen.rows() - 1);
      saved_[alternate_] = {};
    }
    return;
  }
  switch (p.final_byte()) {
    case '@':  // ICH
      return screen.insert_cells(count, pen_);
    case 'P':  // DCH
      return screen.delete_cells(count, pen_);
    case 'X':  // ECH
      return screen.erase(screen.row(), screen.column(), screen.column() + count, pen_);
    case 'L':  // IL
      return screen.insert_lines(count, pen_);
    case 'M':  // DL
      return screen.delete_lines(count, pen_);
    case 'S':  // SU
      return screen.scroll_up(count, pen_);
    case 'T':  // SD
      return screen.scroll_down(count, pen_);
    case 'J':
    case 'K':
      return erase(p.final_byte());
    case 'b':  // REP
      for (u32 i = 0; last_ != 0 && i < std::min(count, screen.columns() * screen.rows()); ++i) put(last_);
      return;
    case 'g':  // TBC
      if (p.parameter(0) == 3) standard_tabs_ = false, std::fill(std::begin(tabs_), std::end(tabs_), false);
      if (p.parameter(0) == 0) {
        if (standard_tabs_)
          for (unsigned i = 0; i < screen.columns(); ++i) tabs_[i] = i % 8 == 0;
        standard_tabs_ = false;
        tabs_[screen.column()] = false;
      }
      return;
    case 'h':
    case 'l':
      for (unsigned i = 0; i < p.parameters(); ++i) set_mode(p.parameter(i), p.final_byte() == 'h');
      return;
    case 'm':
      return set_pen();
    case 'r':
      return set_margins();
    case 's':
      return save();
    case 'u':
      return restore();
    case 'c':  // DA: a VT100 with advanced video
      return answer("\x1b[?1;2c");
    case 'n':  // DSR
      if (p.parameter(0) == 5) answer("\x1b[0n");
      if (p.parameter(0) == 6)
        answer("\x1b[" + std::to_string(screen.row() + 1 - (origin_ ? screen.first_row() : 0)) + ";" +
               std::to_string(screen.column() + 1) + "R");
      return;
    case 't':  // xterm's XTWINOPS: how large the screen is
      if (p.parameter(0) == 18)
        answer("\x1b[8;" + std::to_string(screen.rows()) + ";" + std::to_string(screen.columns()) + "t");
      return;
    default:
      return move_cursor(p.final_byte());
  }
}

void Terminal::private_sequence() {
  const TerminalParser& p = parser_;
  if (p.prefix() == '>' && p.final_byte() == 'c') answer("\x1b[>0;0;0c");
  if (p.prefix() != '?' || (p.final_byte() != 'h' && p.final_byte() != 'l')) return;
  for (unsigned i = 0; i < p.parameters(); ++i) set_private_mode(p.parameter(i), p.final_byte() == 'h');
}

void Terminal::move_to(unsigned row, unsigned column) {
  Screen& screen = active();
  screen.move_to(origin_ ? std::min(screen.first_row() + row, screen.last_row()) : row, column);
}

void Terminal::move_cursor(u8 final) {
  Screen& screen = active();
  const u32 count = parser_.count_parameter(0);
  switch (final) {
    case 'A':  // CUU
      return screen.up(count);
    case 'B':  // CUD
    case 'e':  // VPR
      return screen.down(count);
    case 'C':  // CUF
    case 'a':  // HPR
      return screen.right(count);
    case 'D':  // CUB
      return screen.left(count);
    case 'E':  // CNL
      screen.carriage_return();
      return screen.down(count);
    case 'F':  // CPL
      screen.carriage_return();
      return screen.up(count);
    case 'G':  // CHA
    case '`':  // HPA
      return screen.move_to(screen.row(), count - 1);
    case 'H':  // CUP
    case 'f':  // HVP
      return move_to(count - 1, parser_.count_parameter(1) - 1);
    case 'd':  // VPA
      return move_to(count - 1, screen.column());
    case 'I':  // CHT
      return tab(count);
    case 'Z':  // CBT
      return tab_back(count);
    default:
      return;
  }
}

void Terminal::erase(u8 final) {
  Screen& screen = active();
  const unsigned row = screen.row(), column = screen.column();
  const u32 what = parser_.parameter(0);
  if (what <= 2) {
    const bool whole_screen = final == 'J' && what == 2;
    if (whole_screen && !alternate_) return screen.scroll_away(pen_);  // it is not lost
    if (whole_screen) return screen.erase_rows(0, screen.rows(), pen_);
    screen.erase(row, what == 0 ? column : 0, what == 1 ? column + 1 : screen.columns(), pen_);
    if (final == 'J' && what == 0) screen.erase_rows(row + 1, screen.rows(), pen_);
    if (final == 'J' && what == 1) screen.erase_rows(0, row, pen_);
  }
}

void Terminal::set_mode(u32 mode, bool on) {
  if (mode == 4) inserts_ = on;    // IRM
  if (mode == 20) new_line_ = on;  // LNM
}

void Terminal::set_private_mode(u32 mode, bool on) {
  switch (mode) {
    case 1:  // DECCKM
      cursor_keys_ = on;
      return;
    case 6:  // DECOM
      origin_ = on;
      return move_to(0, 0);
    case 7:  // DECAWM
      wraps_ = on;
      if (!on) active().set_wrap_due(false);
      return;
    case 25:  // DECTCEM
      cursor_visible_ = on;
      return;
    case 47:
    case 1047:
      return use_alternate(on, false);
    case 1048:
      return on ? save() : restore();
    case 1049:
      if (on && !alternate_) save();
      use_alternate(on, true);
      if (!on) restore();
      return;
    case 2004:
      bracketed_ = on;
      return;
    default:
      return;
  }
}

void Terminal::use_alternate(bool on, bool clears) {
  if (on == alternate_) return;
  const Screen& from = screen();
  const unsigned row = from.row(), column = from.column();
  alternate_ = on;
  if (on && clears) other_.erase_rows(0, screen().rows(), pen_);
  active().set_margins(0, screen().rows() - 1);
  active().move_to(row, column);
}

void Terminal::set_margins() {
  const u32 first = parser_.count_parameter(0) - 1;
  const u32 last = std::min(parser_.parameter(1) == 0 ? screen().rows() : parser_.parameter(1), screen().rows()) - 1;
  if (first >= last) return;
  active().set_margins(first, last);
  move_to(0, 0);
}

/// After 38, 48 or 58: "5;INDEX", "2;R;G;B", or the same with colons and, before R, a colour space.
TerminalColour Terminal::colour(unsigned& at) const {
  const TerminalParser& p = parser_;
  using Kind = TerminalColour::Kind;
  const bool parts = p.is_part(at + 1);
  const u32 kind = p.parameter(at + 1);
  if (kind == 5) {
    at += 2;
    return {Kind::indexed, p.parameter(at) & 255};
  }
  if (kind != 2) return {};
  const unsigned first = at + 2 + (parts && p.is_part(at + 5) ? 1 : 0);
  at = first + 2;
  const auto part = [&](unsigned i) { return std::min<u32>(p.parameter(first + i), 255); };
  return {Kind::direct, part(0) << 16 | part(1) << 8 | part(2)};
}

void Terminal::set_pen() {
  const TerminalParser& p = parser_;
  using Kind = TerminalColour::Kind;
  const auto style = [&](u8 bits, bool on) {
    pen_.style = static_cast<u8>(on ? pen_.style | bits : pen_.style & ~bits);
  };
  if (p.parameters() == 0) pen_ = {};
  for (unsigned i = 0; i < p.parameters(); ++i) {
    if (p.is_part(i)) continue;
    const u32 n = p.parameter(i);
    // clang-format off
    switch (n) {
      case 0: pen_ = {}; break;
      case 1: style(Pen::bold, true); break;
      case 2: style(Pen::dim, true); break;
      case 3: style(Pen::italic, true); break;
      case 4: style(Pen::underlined, !p.is_part(i + 1) || p.parameter(i + 1) != 0); break;
      case 7: style(Pen::inverse, true); break;
      case 8: style(Pen::hidden, true); break;
      case 9: style(Pen::struck, true); break;
      case 21: style(Pen::underlined, true); break;  // doubly
      case 22: style(Pen::bold | Pen::dim, false); break;
      case 23: style(Pen::italic, false); break;
      case 24: style(Pen::underlined, false); break;
      case 27: style(Pen::inverse, false); break;
      case 28: style(Pen::hidden, false); break;
      case 29: style(Pen::struck, false); break;
      case 38: pen_.ink = colour(i); break;
      case 39: pen_.ink = {}; break;
      case 48: pen_.paper = colour(i); break;
      case 49: pen_.paper = {}; break;
      case 58: colour(i); break;  // of the underline
      default:
        if (n >= 30 && n <= 37) pen_.ink = {Kind::indexed, n - 30};
        if (n >= 40 && n <= 47) pen_.paper = {Kind::indexed, n - 40};
        if (n >= 90 && n <= 97) pen_.ink = {Kind::indexed, n - 90 + 8};
        if (n >= 100 && n <= 107) pen_.paper = {Kind::indexed, n - 100 + 8};
    }
    // clang-format on
  }
}

}  // namespace lucid::ui
