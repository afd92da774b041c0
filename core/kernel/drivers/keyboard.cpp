// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/keyboard.h"

#include "core/kernel/arch/io.h"
#include "core/kernel/drivers/pic.h"

namespace lucid::kernel {
namespace {

constexpr Port data{0x60}, status{0x64}, command{0x64};
constexpr u8 output_full = 0x01, input_full = 0x02, from_mouse = 0x20;
constexpr u8 write_command_byte = 0x60, self_test = 0xaa, self_test_passed = 0x55, enable_keyboard = 0xae;
constexpr u8 translate = 0x40, mouse_off = 0x20, system_flag = 0x04, interrupt_on = 0x01;
constexpr u8 keyboard_enable = 0xf4, keyboard_leds = 0xed;
constexpr u32 patience = 100'000;  // looks at the status port

KeyReceiver* receiver = nullptr;

// Scan code set 1: what the keys 0x00 .. 0x39 say, without and with Shift. 0: no character.
constexpr char plain[] = "\0\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
constexpr char shifted[] = "\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
constexpr u32 last_plain = 0x39;
static_assert(sizeof plain == last_plain + 2 && sizeof shifted == last_plain + 2);

namespace key {
constexpr u8 control = 0x1d, left_shift = 0x2a, right_shift = 0x36, alt = 0x38, caps_lock = 0x3a, f1 = 0x3b, f10 = 0x44,
             pad = 0x47, pad_last = 0x53, f11 = 0x57, f12 = 0x58, divide = 0x35, enter = 0x1c, extended = 0xe0,
             pause = 0xe1, released = 0x80, answer = 0xfa, resend = 0xfe;
}

// 0x47 .. 0x53: on the keypad (Num Lock is always on), and as the grey keys that send 0xe0 first.
constexpr char on_pad[] = "789-456+1230.";
constexpr const char* grey[] = {"\033[1~", "\033[A",  "\033[5~", "",        "\033[D",  "",       "\033[C",
                                "",        "\033[4~", "\033[B",  "\033[6~", "\033[2~", "\033[3~"};
constexpr const char* function_keys[] = {"\033[[A",  "\033[[B",  "\033[[C",  "\033[[D",  "\033[[E",  "\033[17~",
                                         "\033[18~", "\033[19~", "\033[20~", "\033[21~", "\033[23~", "\033[24~"};

bool shift = false, control = false, alt = false, caps = false, after_extended = false;
u32 pause_bytes_left = 0;

bool wait_for(u8 bit, bool set) {
  for (u32 i = 0; i < patience; i++)
    if (static_cast<bool>(in8(status) & bit) == set) return true;
  return false;
}
void send(Port port, u8 byte) {
  if (wait_for(input_full, false)) out8(port, byte);
}

void type(u8 byte) {
  if (alt) receiver->typed(0x1b);
  receiver->typed(byte);
}
void type(const char* text) {
  for (; *text; text++) receiver->typed(static_cast<u8>(*text));
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void type_character(u8 code) {
  char c = (shift != (caps && is_letter(plain[code])) ? shifted : plain)[code];
  if (!c && code) return;
  if (control) {
    if (c == ' ' || c == '@' || c == '2') return type(u8{0});
    if (c == '?') return type(u8{0x7f});
    if (!(c >= '@' && c <= '~')) return;
    c &= 0x1f;
  }
  type(static_cast<u8>(c));
}

void pressed(u8 code, bool extended) {
  if (code == key::left_shift || code == key::right_shift) {
    shift = shift || !extended;  // 0xe0 0x2a comes with grey keys and means nothing
  } else if (code == key::control) {
    control = true;
  } else if (code == key::alt) {
    alt = true;
  } else if (code == key::caps_lock) {
    caps = !caps;
    send(data, keyboard_leds);
    send(data, caps ? 4 : 0);
  } else if (code >= key::f1 && code <= key::f10) {
    type(function_keys[code - key::f1]);
  } else if (code == key::f11 || code == key::f12) {
    type(function_keys[10 + code - key::f11]);
  } else if (code >= key::pad && code <= key::pad_last) {
    if (extended)
      type(grey[code - key::pad]);
    else
      type(static_cast<u8>(on_pad[code - key::pad]));
  } else if (extended ? code == key::enter || code == key::divide : code && code <= last_plain) {
    type_character(code);
  }
}

void released(u8 code, bool extended) {
  if ((code == key::left_shift || code == key::right_shift) && !extended) shift = false;
  if (code == key::control) control = false;
  if (code == key::alt) alt = false;
}

void take(u8 byte) {
  if (pause_bytes_left) {
    pause_bytes_left--;
  } else if (byte == key::pause) {
    pause_bytes_left = 2;
  } else if (byte == key::extended) {
    after_extended = true;
  } else if (byte != key::answer && byte != key::resend) {
    bool extended = after_extended;
    after_extended = false;
    u8 code = static_cast<u8>(byte & ~key::released);
    byte& key::released ? released(code, extended) : pressed(code, extended);
  }
}

}  // namespace

bool setup_keyboard(KeyReceiver& to) {
  for (u32 i = 0; i < patience && in8(status) & output_full; i++) (void)in8(data);
  send(command, self_test);
  if (!wait_for(output_full, true) || in8(data) != self_test_passed) return false;
  receiver = &to;
  send(command, enable_keyboard);
  send(data, keyboard_enable);
  if (wait_for(output_full, true)) (void)in8(data);
  send(command, write_command_byte);
  send(data, translate | mouse_off | system_flag | interrupt_on);
  unmask_irq(keyboard_irq);
  return true;
}

void keyboard_interrupt() {
  for (u8 s; (s = in8(status)) & output_full;) {
    u8 byte = in8(data);
    if (receiver && !(s & from_mouse)) take(byte);
  }
}

}  // namespace lucid::kernel
