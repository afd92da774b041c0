// SPDX-License-Identifier: MIT
#include "core/devices/keyboard.h"

namespace lucid::devices {
namespace {

enum Command : u8 {
  set_leds = 0xed,
  echo = 0xee,
  choose_set = 0xf0,
  identify = 0xf2,
  set_typematic = 0xf3,
  enable = 0xf4,
  disable = 0xf5,
  defaults = 0xf6,
  resend = 0xfe,
  reset = 0xff
};
constexpr u8 acknowledged = 0xfa, not_understood = 0xfe, self_test_passed = 0xaa, overrun = 0x00;
constexpr u8 released = 0xf0;  // before a break code of set 2
constexpr u8 released_bit = 0x80;
constexpr u8 first_prefix = 0xe0, last_prefix = 0xe1;

/// By set 2 code: the code of set 1.
constexpr u8 to_set_1[128] = {
    0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,  //
    0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,  //
    0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,  //
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,  //
    0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,  //
    0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,  //
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,  //
    0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
};
constexpr u8 f7_in_set_2 = 0x83, f7_in_set_1 = 0x41, print_in_set_2 = 0x84, print_in_set_1 = 0x54;

u8 to_set_2(u8 set_1) {
  if (set_1 == f7_in_set_1) return f7_in_set_2;
  for (u8 code = 0; code < sizeof to_set_1; ++code)
    if (to_set_1[code] == set_1) return code;
  return overrun;
}

}  // namespace

u8 translated_scan_code(u8 set_2) {
  if (set_2 < sizeof to_set_1) return to_set_1[set_2];
  if (set_2 == f7_in_set_2) return f7_in_set_1;
  return set_2 == print_in_set_2 ? print_in_set_1 : set_2;
}

void Keyboard::send(u8 byte) {
  if (used + 1u == queue.size()) byte = overrun;
  if (used == queue.size()) return;
  queue[(head + used) % queue.size()] = byte;
  ++used;
}

u8 Keyboard::take_byte() {
  last_sent = queue[head];
  head = static_cast<u8>((head + 1) % queue.size());
  --used;
  return last_sent;
}

void Keyboard::key(u8 code) {
  if (!scanning) return;
  if (set == 1 || code == first_prefix || code == last_prefix) return send(code);
  const u8 made = to_set_2(code & static_cast<u8>(~released_bit));
  if (made == overrun) return;  // no such key
  if (code & released_bit) send(released);
  send(made);
}

void Keyboard::set_defaults() {
  scanning = 1, set = 2, typematic = 0x2b;
  expects_argument_of = 0;
}

void Keyboard::command(u8 byte) {
  if (const u8 command = expects_argument_of) {
    expects_argument_of = 0;
    if (byte < set_leds) return argument(command, byte);
  }
  switch (byte) {
    case echo:
      return send(echo);
    case resend:
      return send(last_sent);
    case set_leds:
    case choose_set:
    case set_typematic:
      expects_argument_of = byte;
      break;
    case identify:
      send(acknowledged), send(0xab), send(0x83);
      return;
    case enable:
      used = 0;
      scanning = 1;
      break;
    case disable:
      set_defaults();
      scanning = 0;
      break;
    case defaults:
      set_defaults();
      break;
    case reset:
      used = 0;
      set_defaults();
      leds = 0;
      send(acknowledged), send(self_test_passed);
      return;
    default:
      return send(not_understood);
  }
  send(acknowledged);
}

void Keyboard::argument(u8 command, u8 byte) {
  if (command == choose_set && byte > 2) return send(not_understood);
  send(acknowledged);
  if (command == set_leds) leds = byte & 7;
  if (command == set_typematic) typematic = byte & 0x7f;
  if (command == choose_set && byte == 0) send(set);
  if (command == choose_set && byte != 0) set = byte;
}

}  // namespace lucid::devices
