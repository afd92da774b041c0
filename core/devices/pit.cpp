// SPDX-License-Identifier: MIT
#include "core/devices/pit.h"

namespace lucid::devices {
namespace {

constexpr u64 pit_hertz = 1'193'182;
constexpr u64 refresh_half_period = 18;  // pulses: channel 1's traditional 15 µs

}  // namespace

u64 pit_pulse_at(u64 ticks) { return static_cast<u64>(u128{ticks} * pit_hertz / bus::ticks_per_second); }

u64 pit_ticks_at(u64 pulse) {
  return static_cast<u64>((u128{pulse} * bus::ticks_per_second + pit_hertz - 1) / pit_hertz);
}

Pit::Pit(bus::Clock& clock, bus::IrqSink& irqs) : clock_(clock), irqs_(irqs), timer_(clock.add_timer(*this)) {
  state_.channels[2].gate = 0;
}

void Pit::attach(bus::PortBus& ports) {
  ports.map(first_port, last_port, *this);
  ports.map(control_port_b, control_port_b, *this);
}

u64 Pit::pulse() const { return pit_pulse_at(clock_.now()); }

void Pit::on_timer() { update_output(pulse()); }

void Pit::update_output(u64 now) {
  PitChannel& channel = state_.channels[0];
  channel.settle(now);
  irqs_.set_irq(irq_line, channel.output(now));
  const u64 next = channel.next_change(now);
  clock_.schedule(timer_, next == PitChannel::never ? bus::never : pit_ticks_at(next));
}

u32 Pit::read_port(u16 port, unsigned) {
  if (port == control_port_b) return read_control_port_b();
  if (port == last_port) return 0xff;  // the control word cannot be read
  return state_.channels[port - first_port].read_byte(pulse());
}

void Pit::write_port(u16 port, u32 value, unsigned) {
  const u64 now = pulse();
  const auto byte = static_cast<u8>(value);
  if (port == control_port_b) {
    state_.speaker = byte & 2;
    state_.channels[2].set_gate(byte & 1, now);
  } else if (port == last_port) {
    write_control(byte, now);
  } else {
    state_.channels[port - first_port].write_byte(byte, now);
  }
  update_output(now);
}

/// Bits 7..6 choose a channel, or with 3 the read-back command; access 0 latches the count.
void Pit::write_control(u8 value, u64 now) {
  const unsigned which = value >> 6;
  if (which == 3) {
    for (unsigned i = 0; i < 3; ++i) {
      if (!(value & 2u << i)) continue;
      if (!(value & 0x20)) state_.channels[i].latch_count(now);
      if (!(value & 0x10)) state_.channels[i].latch_status(now);
    }
  } else if ((value & 0x30) == 0) {
    state_.channels[which].latch_count(now);
  } else {
    state_.channels[which].write_mode(value, now);
  }
}

u8 Pit::read_control_port_b() const {
  const u64 now = pulse();
  const bool refresh = now / refresh_half_period & 1;
  const PitChannel& channel = state_.channels[2];
  return static_cast<u8>(channel.gate | state_.speaker | refresh << 4 | channel.output(now) << 5);
}

}  // namespace lucid::devices
