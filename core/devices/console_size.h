// SPDX-License-Identifier: MIT
// Tells the guest how large the terminal on COM1 is, which a serial line cannot: one 32-bit register, rows << 16 |
// columns, 0 until somebody said. As with the size in a virtio console's configuration space (Virtio 1.2, 5.3.4), the
// guest reads it when it begins and at an interrupt: here that of the UART, whose RI line is pulsed at each change.
// Writes do nothing.
#pragma once
#include "core/abi/boot_info.h"
#include "core/bus/port_bus.h"

namespace lucid::devices {

class ConsoleSize final : public bus::PortDevice {
 public:
  struct State {
    u32 value = 0;
  };

  void attach(bus::PortBus& ports) {
    ports.map(abi::console_size_port, abi::console_size_port, *this, bus::PortWidth::wide);
  }

  u32 read_port(u16, unsigned) override { return state_.value; }
  void write_port(u16, u32, unsigned) override {}

  void set(u16 rows, u16 columns) { state_.value = u32{rows} << 16 | columns; }

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  State state_;
};

}  // namespace lucid::devices
