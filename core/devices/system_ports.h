// SPDX-License-Identifier: MIT
// Ports of the board that only remember: 0x80, the power-on code (written by many kernels as a
// delay), and 0x92, system control port A (A20 always on; its fast-reset bit is not wired).
#pragma once
#include <type_traits>

#include "core/bus/port_bus.h"

namespace lucid::devices {

class SystemPorts final : public bus::PortDevice {
 public:
  struct State {
    u8 power_on_code = 0;
    u8 control_a = 0;
  };
  static_assert(std::has_unique_object_representations_v<State>);

  static constexpr u16 power_on_code_port = 0x80, control_port_a = 0x92;

  void attach(bus::PortBus& ports) {
    ports.map(power_on_code_port, power_on_code_port, *this);
    ports.map(control_port_a, control_port_a, *this);
  }

  u32 read_port(u16 port, unsigned) override {
    return port == control_port_a ? state_.control_a | 2u : state_.power_on_code;
  }
  void write_port(u16 port, u32 value, unsigned) override {
    const auto byte = static_cast<u8>(value);
    (port == control_port_a ? state_.control_a : state_.power_on_code) = port == control_port_a ? byte & 0xfe : byte;
  }

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  State state_;
};

}  // namespace lucid::devices
