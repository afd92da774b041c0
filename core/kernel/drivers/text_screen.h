// SPDX-License-Identifier: MIT
// The VGA adapter's text mode, as software finds it after the firmware: 80 x 25 cells at 0xb8000, a cursor in
// the CRT controller. Understands what programs send to a terminal of type "linux": the usual controls, cursor
// movement, erasing, colours (console_codes(4)).
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

class TextScreen {
 public:
  static constexpr u32 columns = 80, rows = 25;
  /// Clears the screen.
  void start();
  void write(const char* bytes, u64 count);

 private:
  enum class State : u8 { text, escape, bracket, ignored };
  void put(u8 byte);
  void show(u8 byte);
  void control(u8 byte);
  void finish_sequence(u8 last);
  void set_colours();
  void erase(u32 from, u32 to);
  void line_feed();
  void place_cursor() const;
  u32 argument(u32 index, u32 otherwise) const {
    return index < count_ && arguments_[index] ? arguments_[index] : otherwise;
  }
  u16 blank() const { return static_cast<u16>(attribute() << 8 | ' '); }
  u8 attribute() const;

  static constexpr u32 most_arguments = 8;
  static constexpr u8 light_grey = 7, black = 0;
  u32 row_ = 0, column_ = 0, saved_row_ = 0, saved_column_ = 0;
  u8 foreground_ = light_grey, background_ = black;
  bool bright_ = false, reverse_ = false, hidden_ = false, private_ = false;
  State state_ = State::text;
  u32 arguments_[most_arguments] = {}, count_ = 0;
  u32 utf8_left_ = 0;
};

}  // namespace lucid::kernel
