// SPDX-License-Identifier: MIT
// What a device test needs around its device: time, a log, ports and something to watch IRQ lines.
#pragma once
#include <algorithm>
#include <array>

#include "core/bus/clock.h"
#include "core/bus/interrupt.h"
#include "core/bus/port_bus.h"
#include "core/devices/recorder.h"

namespace lucid::test {

struct IrqProbe final : bus::IrqSink {
  std::array<bool, 16> level{};
  std::array<unsigned, 16> rises{};
  void set_irq(unsigned line, bool high) override {
    if (high && !level[line]) ++rises[line];
    level[line] = high;
  }
};

struct Bench {
  bus::Clock clock;
  trace::EventLog log;
  u32 pid = 0;
  devices::Recorder recorder{log, clock, pid};
  bus::PortBus ports;
  IrqProbe irqs;

  void out(u16 port, u32 value) { ports.write(port, value, 1); }
  u8 in(u16 port) { return static_cast<u8>(ports.read(port, 1)); }
  /// Lets time pass as the processor would: every deadline on the way fires at its tick.
  void advance_to(u64 ticks) {
    while (clock.next_deadline() <= ticks) {
      clock.retired = std::max(clock.retired, clock.next_deadline());
      clock.fire_due();
    }
    clock.retired = ticks;
  }
};

}  // namespace lucid::test
