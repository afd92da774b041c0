// SPDX-License-Identifier: MIT
// The MC146818 clock and its CMOS RAM: index port 0x70, data port 0x71. Time is the configured
// start plus virtual time, so a run reads the same dates wherever and whenever it takes place.
//
// Source: Motorola MC146818 data sheet (registers A–D, BCD and binary, 12 and 24 hours, UIP) and
// the PC's conventions for memory size (0x15–0x18, 0x30–0x35) and century (0x32).
//
// Known inaccuracies: the date cannot be set (writes to its registers are dropped) and the alarm,
// periodic and update interrupts (IRQ 8) do not occur.
#pragma once
#include <array>
#include <type_traits>

#include "core/bus/clock.h"
#include "core/bus/port_bus.h"

namespace lucid::devices {

class Cmos final : public bus::PortDevice {
 public:
  struct State {
    u8 index = 0;
    u8 nmi_masked = 0;  // bit 7 of the index port, as written
    std::array<u8, 128> ram{};
  };
  static_assert(std::has_unique_object_representations_v<State>);

  static constexpr u16 index_port = 0x70, data_port = 0x71;

  /// `start` in seconds since 1970-01-01 00:00:00 UTC at virtual time 0.
  Cmos(const bus::Clock& clock, u64 start, u64 memory_bytes);
  void attach(bus::PortBus& ports) { ports.map(index_port, data_port, *this); }

  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;

  /// The PC's gate in front of the NMI line.
  bool nmi_masked() const { return state_.nmi_masked != 0; }

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  u8 time_register(u8 index) const;
  u8 encode(unsigned value) const;
  bool update_in_progress() const;

  State state_;
  const bus::Clock& clock_;
  const u64 start_;
};

}  // namespace lucid::devices
