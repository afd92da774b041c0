// SPDX-License-Identifier: MIT
// The board: owns the parts and wires them. Everything about which device sits where is here.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/abi/tracepoint.h"
#include "core/base/result.h"
#include "core/bus/clock.h"
#include "core/bus/port_bus.h"
#include "core/cpu/cpu.h"
#include "core/mem/physical_memory.h"
#include "core/trace/event_log.h"

namespace lucid::machine {

constexpr u64 min_memory = 8 << 20;
constexpr u64 max_memory = u64{2} << 30;

enum class MachineStop : u8 { limit, time_limit, idle, event, breakpoint, exit_port, halted_forever, shutdown };

class Machine {
 public:
  explicit Machine(u64 memory_bytes);  // checked by the caller against min_memory, max_memory
  ~Machine();

  /// Puts kernel (ELF64, PVH note), command line and modules into RAM and the CPU at the entry.
  Result<bool> load(std::span<const u8> kernel, std::span<const u8> initrd, std::string_view command_line);

  /// Until `instruction_limit` retired or `time_limit` ticks or an earlier stop. Skips halted time.
  MachineStop run(u64 instruction_limit, u64 time_limit = bus::never);

  mem::PhysicalMemory& ram();
  const mem::PhysicalMemory& ram() const;
  cpu::Cpu& cpu();
  const cpu::Cpu& cpu() const;
  const bus::Clock& clock() const;
  trace::EventLog& log();
  const trace::EventLog& log() const;

  // Serial lines 0 and 1.
  void serial_input(unsigned line, std::span<const u8> bytes);
  void serial_hang_up(unsigned line);
  /// Takes what the guest sent since the last call.
  std::string take_serial_output(unsigned line);

  u32 exit_value() const;          // last value written to the exit port
  Gpa introspect_header() const;   // as announced by the kernel; 0 = not yet
  std::string panic_message() const;
  u32 current_pid() const;

  /// Hash of CPU, devices, clock and RAM.
  u64 state_hash() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lucid::machine
