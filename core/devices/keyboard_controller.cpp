// SPDX-License-Identifier: MIT
#include "core/devices/keyboard_controller.h"

namespace lucid::devices {
namespace {

enum Command : u8 {
  read_command_byte = 0x20,
  write_command_byte = 0x60,
  disable_mouse = 0xa7,
  enable_mouse = 0xa8,
  test_mouse = 0xa9,
  self_test = 0xaa,
  test_keyboard = 0xab,
  disable_keyboard = 0xad,
  enable_keyboard = 0xae,
  read_input_port = 0xc0,
  read_output_port = 0xd0,
  write_output_port = 0xd1,
  echo_as_keyboard = 0xd2,
  echo_as_mouse = 0xd3,
  send_to_mouse = 0xd4
};

constexpr u8 interrupt_enabled = 0x01, keyboard_disabled = 0x10, mouse_disabled = 0x20, translating = 0x40;
constexpr u8 no_answer = 0xfe, release_prefix = 0xf0;

}  // namespace

void KeyboardController::attach(bus::PortBus& ports) {
  ports.map(data_port, data_port, *this);
  ports.map(command_port, command_port, *this);
}

u32 KeyboardController::read_port(u16 port, unsigned) {
  if (port == command_port) {
    const State& s = state_;
    return 0x10u | s.output_full | s.self_tested << 2 | s.last_was_command << 3 | s.timed_out << 6;
  }
  const u8 value = state_.output;
  state_.output_full = state_.timed_out = 0;
  fetch();
  return value;
}

void KeyboardController::write_port(u16 port, u32 value, unsigned) {
  const auto byte = static_cast<u8>(value);
  state_.last_was_command = port == command_port;
  if (port == command_port) {
    command(byte);
  } else {
    data(byte);
  }
  fetch();
}

void KeyboardController::answer(u8 value) {
  state_.output = value;
  state_.output_full = 1;
}

/// The keyboard's next byte comes as soon as the buffer is free; each is an edge of IRQ 1.
void KeyboardController::fetch() {
  State& s = state_;
  const bool waiting = s.output_full;
  while (!s.output_full && s.keyboard.has_byte() && !(s.command_byte & keyboard_disabled)) {
    u8 byte = s.keyboard.take_byte();
    if (s.command_byte & translating) {
      if (byte == release_prefix) {
        s.release_follows = 1;
        continue;
      }
      byte = static_cast<u8>(translated_scan_code(byte) | s.release_follows << 7);
      s.release_follows = 0;
    }
    answer(byte);
  }
  if (!waiting) irqs_.set_irq(irq_line, false);
  irqs_.set_irq(irq_line, s.output_full && s.command_byte & interrupt_enabled);
}

void KeyboardController::key(u8 code) {
  recorder_.record(trace::Kind::key_pressed, code);
  state_.keyboard.key(code);
  fetch();
}

void KeyboardController::command(u8 value) {
  State& s = state_;
  s.expects_data_for = 0;
  switch (value) {
    case read_command_byte:
      return answer(s.command_byte);
    case self_test:
      s.self_tested = 1;
      return answer(0x55);
    case test_keyboard:
    case test_mouse:
      return answer(0);
    case disable_mouse:
      s.command_byte |= mouse_disabled;
      break;
    case enable_mouse:
      s.command_byte &= static_cast<u8>(~mouse_disabled);
      break;
    case disable_keyboard:
      s.command_byte |= keyboard_disabled;
      break;
    case enable_keyboard:
      s.command_byte &= static_cast<u8>(~keyboard_disabled);
      break;
    case read_input_port:
      return answer(0x80);  // keyboard not locked
    case read_output_port:
      return answer(s.output_port);
    case write_command_byte:
    case write_output_port:
    case echo_as_keyboard:
    case echo_as_mouse:
    case send_to_mouse:
      s.expects_data_for = value;
      break;
    default:
      break;
  }
}

void KeyboardController::data(u8 value) {
  State& s = state_;
  const u8 command = s.expects_data_for;
  s.expects_data_for = 0;
  switch (command) {
    case write_command_byte:
      s.command_byte = value;
      break;
    case write_output_port:
      s.output_port = value | 3;
      break;
    case echo_as_keyboard:
    case echo_as_mouse:
      answer(value);
      break;
    case send_to_mouse:  // there is none
      s.timed_out = 1;
      answer(no_answer);
      break;
    default:
      s.command_byte &= static_cast<u8>(~keyboard_disabled);
      s.keyboard.command(value);
  }
}

}  // namespace lucid::devices
