// SPDX-License-Identifier: MIT
// Port 0xf4, like QEMU's isa-debug-exit (iosize 4): a write of 1, 2 or 4 bytes ends the run with
// that value. Reads give zero, as there.
#pragma once
#include <type_traits>

#include "core/abi/boot_info.h"
#include "core/bus/port_bus.h"
#include "core/devices/recorder.h"

namespace lucid::devices {

class ExitPort final : public bus::PortDevice {
 public:
  struct State {
    u32 value = 0;
    u32 requested = 0;  // the guest asked for the end; stays until reset
  };
  static_assert(std::has_unique_object_representations_v<State>);

  explicit ExitPort(Recorder& recorder) : recorder_(recorder) {}
  void attach(bus::PortBus& ports) { ports.map(abi::exit_port, abi::exit_port + 3, *this, bus::PortWidth::wide); }

  u32 read_port(u16, unsigned) override { return 0; }
  void write_port(u16, u32 value, unsigned) override {
    state_ = {value, 1};
    recorder_.record(trace::Kind::exit_requested, value);
  }

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  State state_;
  Recorder& recorder_;
};

}  // namespace lucid::devices
