// SPDX-License-Identifier: MIT
// A PS/2 keyboard: keys in, bytes out in its scan code set, commands answered. Plain data; the 8042 it is
// plugged into (keyboard_controller.h) asks for its bytes.
//
// Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-key)": commands ED EE F0 F2
// F3 F4 F5 F6 FE FF, scan code sets 1 and 2.
//
// Known inaccuracies: no scan code set 3; no typematic repetition (whoever holds the key may send it again);
// the buffer holds 120 bytes instead of 16, so that text can be typed at once.
#pragma once
#include <array>
#include <type_traits>

#include "core/base/types.h"

namespace lucid::devices {

struct Keyboard {
  std::array<u8, 120> queue{};
  u8 head = 0, used = 0;
  u8 scanning = 1;
  u8 set = 2;
  u8 leds = 0;  // bit 0 scroll lock, 1 num lock, 2 caps lock
  u8 typematic = 0x2b;
  u8 expects_argument_of = 0;  // command, 0 = none
  u8 last_sent = 0;

  /// A byte of scan code set 1, as the keys of a PC are usually named: 0x1e = A pressed, 0x9e = released,
  /// 0xe0 before the keys that came later. Lost while scanning is off; a full buffer keeps an overrun mark.
  void key(u8 code);
  void command(u8 byte);
  bool has_byte() const { return used; }
  u8 take_byte();

 private:
  void send(u8 byte);
  void argument(u8 command, u8 byte);
  void set_defaults();
};
static_assert(std::has_unique_object_representations_v<Keyboard>);

/// Scan code set 2 to set 1, for make codes: what the 8042 does to each byte when it translates.
u8 translated_scan_code(u8 set_2);

}  // namespace lucid::devices
