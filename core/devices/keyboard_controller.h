// SPDX-License-Identifier: MIT
// The 8042 with no keyboard plugged in: enough that software which looks for one finds out
// quickly. Ports 0x60 (data) and 0x64 (status, commands).
//
// Source: IBM PC AT Technical Reference, "8042 keyboard controller": self test, interface test,
// command byte, output port, and the timeout answer to bytes sent to an absent keyboard.
//
// Known inaccuracies: no interrupts (IRQ 1, 12); A20 is always on, the reset line is not wired.
#pragma once
#include <type_traits>

#include "core/bus/port_bus.h"

namespace lucid::devices {

class KeyboardController final : public bus::PortDevice {
 public:
  struct State {
    u8 output = 0;
    u8 output_full = 0;
    u8 timed_out = 0;         // status bit 6: the keyboard did not answer
    u8 last_was_command = 0;  // status bit 3
    u8 self_tested = 0;       // status bit 2
    u8 command_byte = 0x30;   // both interfaces disabled
    u8 expects_data_for = 0;  // command whose data byte comes next, 0 = none
    u8 output_port = 3;       // A20 on, reset released
  };
  static_assert(std::has_unique_object_representations_v<State>);

  static constexpr u16 data_port = 0x60, command_port = 0x64;

  void attach(bus::PortBus& ports);
  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  void command(u8 value);
  void data(u8 value);
  void answer(u8 value);

  State state_;
};

}  // namespace lucid::devices
