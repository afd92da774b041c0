// SPDX-License-Identifier: MIT
#include "ui/terminal/terminal.h"

#include <algorithm>

#include "ui/terminal/width.h"

namespace lucid::ui {
namespace {

/// DEC special graphics, 0x5f to 0x7e (VT220 Programmer Reference Manual, table 2-4).
constexpr char32_t graphics[] = U"\u00a0◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";
constexpr size_t most_answers = 4096;

}  // namespace

void Terminal::write(std::string_view bytes) {
  for (const char c : bytes) {
    const u8 byte = static_cast<u8>(c);
    if (!parser_.take(byte)) {
      perform();
      parser_.take(byte);
    }
    perform();
  }
}

void Terminal::resize(unsigned rows, unsigned columns) {
  main_.resize(rows, columns, saved_[0].row, saved_[0].column);
  other_.resize(rows, columns, saved_[1].row, saved_[1].column);
}

void Terminal::perform() {
  using Said = TerminalParser::Said;
  switch (parser_.said()) {
    case Said::nothing:
      return;
    case Said::character:
      return put(parser_.character());
    case Said::control:
      return control(parser_.control());
    case Said::escape:
      return escape();
    case Said::sequence:
      return parser_.prefix() == 0 ? sequence() : private_sequence();
  }
}

void Terminal::put(char32_t character) {
  if (graphics_[shift_] && character >= 0x5f && character <= 0x7e) character = graphics[character - 0x5f];
  const unsigned width = character_width(character);
  if (width == 0) return active().combine(character);
  active().put(character, width, pen_, wraps_, inserts_);
  last_ = character;
}

void Terminal::control(u8 byte) {
  switch (byte) {
    case '\b':
      return active().left(1);
    case '\t':
      return tab(1);
    case '\n':
    case '\v':
    case '\f':
      active().line_feed(pen_);
      if (new_line_) active().carriage_return();
      return;
    case '\r':
      return active().carriage_return();
    case 0x0e:
    case 0x0f:
      shift_ = byte == 0x0e;
      return;
    default:
      return;
  }
}

void Terminal::escape() {
  const u8 final = parser_.final_byte();
  if (const u8 set = parser_.intermediate(); set != 0) {
    if (set == '(' || set == ')') graphics_[set == ')'] = final == '0';
    if (set == '#' && final == '8') active().fill('E'), active().move_to(0, 0);
    return;
  }
  switch (final) {
    case '7':
      return save();
    case '8':
      return restore();
    case 'D':
      return active().line_feed(pen_);
    case 'E':
      active().carriage_return();
      return active().line_feed(pen_);
    case 'M':
      return active().reverse_line_feed(pen_);
    case 'H':
      if (standard_tabs_)
        for (unsigned i = 0; i < screen().columns(); ++i) tabs_[i] = i % 8 == 0;
      standard_tabs_ = false;
      tabs_[active().column()] = true;
      return;
    case 'c': {  // all begins anew, but what was said is not forgotten
      Screen main = std::move(main_);
      main.set_margins(0, main.rows() - 1);
      main.scroll_away({});
      main.move_to(0, 0);
      clear();
      resize(main.rows(), main.columns());
      main_ = std::move(main);
      return;
    }
    default:
      return;
  }
}

Terminal::Saved Terminal::state() const {
  return {screen().row(), screen().column(), screen().wrap_due(), origin_, pen_, {graphics_[0], graphics_[1]}, shift_};
}

void Terminal::restore() {
  const Saved& saved = saved_[alternate_];
  active().move_to(saved.row, saved.column);
  active().set_wrap_due(saved.wrap_due);
  origin_ = saved.origin, pen_ = saved.pen, shift_ = saved.shift;
  std::copy(saved.graphics, saved.graphics + 2, graphics_);
}

void Terminal::tab(unsigned count) {
  unsigned column = active().column();
  for (; count > 0 && column < screen().columns() - 1; --count) {
    do ++column;
    while (column < screen().columns() - 1 && !(standard_tabs_ ? column % 8 == 0 : tabs_[column]));
  }
  active().move_to(active().row(), column);
}

void Terminal::tab_back(unsigned count) {
  unsigned column = active().column();
  for (; count > 0 && column > 0; --count) {
    do --column;
    while (column > 0 && !(standard_tabs_ ? column % 8 == 0 : tabs_[column]));
  }
  active().move_to(active().row(), column);
}

/// Who asks without end is not answered without end.
void Terminal::answer(std::string_view text) {
  if (answers_.size() + text.size() <= most_answers) answers_ += text;
}

std::string Terminal::pasted(std::string_view text) const {
  std::string out = bracketed_ ? "\x1b[200~" : "";
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') continue;  // a paste is text, no keys
    if (text[i] == '\n')
      out += i > 0 && text[i - 1] == '\r' ? "" : "\r";
    else
      out += text[i];
  }
  return out + (bracketed_ ? "\x1b[201~" : "");
}

std::string Terminal::text() const {
  std::string out;
  for (const TerminalLine& line : screen().lines()) {
    out += text_of(line);
    if (!line.continued) out += '\n';
  }
  return out;
}

}  // namespace lucid::ui
