// SPDX-License-Identifier: MIT
// The 8042 with a keyboard, and no mouse, plugged in. Ports 0x60 (data) and 0x64 (status, commands), IRQ 1.
//
//   keyboard ──set 2──▶ translation (command byte bit 6) ──set 1──▶ output buffer ──▶ port 0x60, IRQ 1
//
// The output buffer holds one byte; the keyboard waits with the next until it is read.
//
// Source: IBM PC AT Technical Reference, "8042 keyboard controller": self test, interface test, command byte,
// output port, translation, and the timeout answer to bytes sent to an absent mouse.
//
// Known inaccuracies: bytes take no time on the wire; A20 is always on, the reset line is not wired.
#pragma once
#include <type_traits>

#include "core/bus/interrupt.h"
#include "core/bus/port_bus.h"
#include "core/devices/keyboard.h"
#include "core/devices/recorder.h"

namespace lucid::devices {

class KeyboardController final : public bus::PortDevice {
 public:
  struct State {
    u8 output = 0;
    u8 output_full = 0;
    u8 timed_out = 0;         // status bit 6: the mouse did not answer
    u8 last_was_command = 0;  // status bit 3
    u8 self_tested = 0;       // status bit 2
    u8 command_byte = 0x30;   // both interfaces disabled
    u8 expects_data_for = 0;  // command whose data byte comes next, 0 = none
    u8 output_port = 3;       // A20 on, reset released
    u8 release_follows = 0;   // translation has swallowed the prefix of a break code
    Keyboard keyboard;
  };
  static_assert(std::has_unique_object_representations_v<State>);

  static constexpr u16 data_port = 0x60, command_port = 0x64;
  static constexpr unsigned irq_line = 1;

  KeyboardController(bus::IrqSink& irqs, Recorder& recorder) : irqs_(irqs), recorder_(recorder) {}
  void attach(bus::PortBus& ports);
  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;

  /// A byte of scan code set 1 from the keys (Keyboard::key).
  void key(u8 code);

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  void command(u8 value);
  void data(u8 value);
  void answer(u8 value);
  void fetch();

  State state_;
  bus::IrqSink& irqs_;
  Recorder& recorder_;
};

}  // namespace lucid::devices
