// SPDX-License-Identifier: MIT
// Port 0x0d86, where the kernel announces what it did (abi/tracepoint.h). A 32-bit write is the
// physical address of a record, copied at that moment and logged as an event. Whatever the guest
// writes is safe: a record outside RAM or of unknown kind is ignored. Keeps what the rest of the
// board wants to know at any time: the running process, the tables' address, the panic message.
#pragma once
#include <string>

#include "core/abi/tracepoint.h"
#include "core/bus/port_bus.h"
#include "core/devices/recorder.h"
#include "core/mem/physical_memory.h"

namespace lucid::devices {

class TracepointPort final : public bus::PortDevice {
 public:
  static constexpr u64 max_panic_message = 1024;

  struct State {
    Gpa introspect_header;      // 0 = not announced
    std::string panic_message;  // "" = none; printable, one line
    bool panicked = false;
  };

  /// `current_pid` is the board's cell, read by everything that stamps events.
  TracepointPort(const mem::PhysicalMemory& ram, u32& current_pid, Recorder& recorder)
      : ram_(ram), current_pid_(current_pid), recorder_(recorder) {}
  void attach(bus::PortBus& ports) { ports.map(abi::trace_port, abi::trace_port, *this, bus::PortWidth::wide); }

  u32 read_port(u16, unsigned) override { return ~0u; }
  void write_port(u16 port, u32 value, unsigned size) override;

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  void keep_panic_message(Gpa at, u64 length);

  State state_;
  const mem::PhysicalMemory& ram_;
  u32& current_pid_;
  Recorder& recorder_;
};

}  // namespace lucid::devices
