// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/text_screen.h"

#include "core/kernel/arch/io.h"
#include "core/kernel/mm/layout.h"

namespace lucid::kernel {
namespace {

constexpr u64 video_memory = 0xb8000;
constexpr Port crt_index{0x3d4}, crt_data{0x3d5};
constexpr u8 cursor_shape = 10, start_high = 12, start_low = 13, cursor_high = 14, cursor_low = 15;
constexpr u8 cursor_off = 0x20, cursor_first_line = 13;
constexpr u32 tab_stop = 8;
constexpr u8 unknown = '?';

volatile u16* cells() { return static_cast<volatile u16*>(physical_to_pointer(video_memory)); }

void set_register(u8 number, u32 value) {
  out8(crt_index, number);
  out8(crt_data, static_cast<u8>(value));
}

/// ANSI orders colours by red, green, blue; VGA by blue, green, red.
constexpr u8 vga_colour[8] = {0, 4, 2, 6, 1, 5, 3, 7};

}  // namespace

u8 TextScreen::attribute() const {
  u8 front = static_cast<u8>(foreground_ | (bright_ ? 8 : 0)), back = background_;
  return static_cast<u8>(reverse_ ? back | (front & 7) << 4 : front | back << 4);
}

void TextScreen::start() {
  set_register(start_high, 0);
  set_register(start_low, 0);
  erase(0, rows * columns);
  place_cursor();
}

void TextScreen::write(const char* bytes, u64 count) {
  for (u64 i = 0; i < count; i++) put(static_cast<u8>(bytes[i]));
  place_cursor();
}

void TextScreen::place_cursor() const {
  u32 at = row_ * columns + min(column_, columns - 1);
  set_register(cursor_shape, hidden_ ? cursor_off : cursor_first_line);
  set_register(cursor_high, at >> 8);
  set_register(cursor_low, at);
}

void TextScreen::erase(u32 from, u32 to) {
  for (u32 i = from; i < to; i++) cells()[i] = blank();
}

void TextScreen::line_feed() {
  if (row_ + 1 < rows) {
    row_++;
    return;
  }
  for (u32 i = 0; i < (rows - 1) * columns; i++) cells()[i] = cells()[i + columns];
  erase((rows - 1) * columns, rows * columns);
}

void TextScreen::put(u8 byte) {
  constexpr u8 escape = 0x1b, cancel = 0x18, substitute = 0x1a;
  if (byte == escape) {
    state_ = State::escape;
    return;
  }
  if (byte == cancel || byte == substitute) {
    state_ = State::text;
    return;
  }
  switch (state_) {
    case State::text:
      return byte < ' ' || byte == 0x7f ? control(byte) : show(byte);
    case State::escape:
      state_ = State::text;
      count_ = 0;
      private_ = false;
      for (u32& a : arguments_) a = 0;
      if (byte == '[') state_ = State::bracket;
      if (byte == '(' || byte == ')') state_ = State::ignored;  // character sets: one more byte
      if (byte == '7') saved_row_ = row_, saved_column_ = column_;
      if (byte == '8') row_ = saved_row_, column_ = saved_column_;
      if (byte == 'M' && row_) row_--;
      if (byte == 'c') *this = TextScreen(), erase(0, rows * columns);
      return;
    case State::bracket:
      if (byte == '?') {
        private_ = true;
      } else if (byte >= '0' && byte <= '9') {
        if (!count_) count_ = 1;
        u32& a = arguments_[count_ - 1];
        a = min<u32>(a * 10 + byte - '0', 9999);
      } else if (byte == ';') {
        if (!count_) count_ = 1;
        if (count_ < most_arguments) count_++;
      } else if (byte < ' ') {
        control(byte);
      } else if (byte >= '@') {
        state_ = State::text;
        finish_sequence(byte);
      }
      return;
    case State::ignored:
      state_ = State::text;
      return;
  }
}

/// One cell for each character; what is not ASCII has no glyph here.
void TextScreen::show(u8 byte) {
  if (byte >= 0x80) {
    if (utf8_left_ && (byte & 0xc0) == 0x80) {
      utf8_left_--;
      return;
    }
    utf8_left_ = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0;
    byte = unknown;
  } else {
    utf8_left_ = 0;
  }
  if (column_ == columns) {  // the line is full: this character begins the next
    column_ = 0;
    line_feed();
  }
  cells()[row_ * columns + column_++] = static_cast<u16>(attribute() << 8 | byte);
}

void TextScreen::control(u8 byte) {
  switch (byte) {
    case '\b':
      if (column_) column_--;
      break;
    case '\t':
      column_ = min((column_ / tab_stop + 1) * tab_stop, columns - 1);
      break;
    case '\n':
    case '\v':
    case '\f':
      line_feed();
      break;
    case '\r':
      column_ = 0;
      break;
    default:
      break;
  }
}

void TextScreen::finish_sequence(u8 last) {
  u32 here = row_ * columns + min(column_, columns - 1), line = row_ * columns;
  switch (last) {
    case 'A':
      row_ -= min(row_, argument(0, 1));
      break;
    case 'B':
      row_ = min(row_ + argument(0, 1), rows - 1);
      break;
    case 'C':
      column_ = min(column_ + argument(0, 1), columns - 1);
      break;
    case 'D':
      column_ -= min(column_, argument(0, 1));
      break;
    case 'G':
      column_ = min(argument(0, 1), columns) - 1;
      break;
    case 'd':
      row_ = min(argument(0, 1), rows) - 1;
      break;
    case 'H':
    case 'f':
      row_ = min(argument(0, 1), rows) - 1;
      column_ = min(argument(1, 1), columns) - 1;
      break;
    case 'J':
      erase(argument(0, 0) ? 0 : here, argument(0, 0) == 1 ? here + 1 : rows * columns);
      break;
    case 'K':
      erase(argument(0, 0) ? line : here, argument(0, 0) == 1 ? here + 1 : line + columns);
      break;
    case 'm':
      set_colours();
      break;
    case 's':
      saved_row_ = row_, saved_column_ = column_;
      break;
    case 'u':
      row_ = saved_row_, column_ = saved_column_;
      break;
    case 'h':
    case 'l':
      if (private_ && argument(0, 0) == 25) hidden_ = last == 'l';
      break;
    default:
      break;
  }
}

void TextScreen::set_colours() {
  for (u32 i = 0; i < max<u32>(count_, 1); i++) {
    u32 a = arguments_[i];
    if (a == 0) foreground_ = light_grey, background_ = black, bright_ = reverse_ = false;
    if (a == 1) bright_ = true;
    if (a == 22) bright_ = false;
    if (a == 7) reverse_ = true;
    if (a == 27) reverse_ = false;
    if (a >= 30 && a <= 37) foreground_ = vga_colour[a - 30];
    if (a == 39) foreground_ = light_grey;
    if (a >= 40 && a <= 47) background_ = vga_colour[a - 40];
    if (a == 49) background_ = black;
  }
}

}  // namespace lucid::kernel
