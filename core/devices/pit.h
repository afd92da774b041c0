// SPDX-License-Identifier: MIT
// The 8254 programmable interval timer and the port that goes with its third channel.
//
//   ports 0x40..0x42  counters 0..2        channel 0 OUT ──▶ IRQ 0
//   port  0x43        control word         channel 1      (memory refresh; nothing attached)
//   port  0x61        bit 0 gate of channel 2, bit 1 speaker, bit 4 refresh toggle, bit 5 OUT of channel 2
//
// The chip's clock runs at 1,193,182 Hz: its pulse number p falls at the first virtual tick t with
// t · 1193182 ≥ p · 100,000,000, so no rate ever drifts. Nothing runs per pulse: counts and outputs
// are computed when looked at, and channel 0 keeps one deadline, the next change of its OUT.
//
// Source: Intel 8254 data sheet (231164-005): modes 0–5, BCD, counter latch, read-back of count
// and status, null count, two-byte reads and writes, gate. Mode 3 with an odd count follows the
// text ("initial count minus one … decremented by two"), high for (n+1)/2 and low for (n−1)/2.
//
// Known inaccuracies: after reset, where the data sheet calls everything undefined, channels wait
// in mode 0 for a count; a count of 1 in modes 2 and 3 (illegal) behaves as 2.
#pragma once
#include <array>
#include <type_traits>

#include "core/bus/clock.h"
#include "core/bus/interrupt.h"
#include "core/bus/port_bus.h"
#include "core/devices/pit_channel.h"

namespace lucid::devices {

class Pit final : public bus::TimerClient, public bus::PortDevice {
 public:
  struct State {
    std::array<PitChannel, 3> channels;
    u8 speaker = 0;  // bit 1 of port 0x61 as written
    u8 unused[7] = {};
  };
  static_assert(std::has_unique_object_representations_v<State>);

  static constexpr u16 first_port = 0x40, last_port = 0x43, control_port_b = 0x61;
  static constexpr unsigned irq_line = 0;

  Pit(bus::Clock& clock, bus::IrqSink& irqs);
  void attach(bus::PortBus& ports);

  void on_timer() override;
  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }  // deadline and line are restored with clock and PIC

 private:
  u64 pulse() const;
  void write_control(u8 value, u64 now);
  u8 read_control_port_b() const;
  void update_output(u64 now);

  State state_;
  bus::Clock& clock_;
  bus::IrqSink& irqs_;
  bus::TimerId timer_;
};

/// Number of the last pulse of the chip's clock at or before a virtual time, and back.
u64 pit_pulse_at(u64 ticks);
u64 pit_ticks_at(u64 pulse);

}  // namespace lucid::devices
