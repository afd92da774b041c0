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
#include "core/machine/boot_image.h"
#include "core/mem/physical_memory.h"
#include "core/trace/event_log.h"

namespace lucid::machine {

constexpr u64 min_memory = 8 << 20;
constexpr u64 max_memory = u64{2} << 30;
constexpr u64 default_start_time = 1'767'225'600;  // 2026-01-01 00:00:00 UTC, what the clock chip shows at first

enum class MachineStop : u8 {
  limit,       // instruction_limit instructions have retired
  time_limit,  // virtual time reached time_limit
  idle,        // halted, and nothing scheduled will ever wake it: only input can
  event,       // an event of the log's stop kinds was logged
  breakpoint,  // as cpu::StopReason says
  watchpoint,
  exit_port,       // the guest asked for the end: exit_value(); every later run() says so again
  halted_forever,  // halted with interrupts off
  shutdown,        // triple fault
};

/// The characters on the display: 80 x 25 cells of character (code page 437) and attribute.
struct TextScreen {
  static constexpr unsigned columns = 80, rows = 25;
  std::vector<u8> cells;
  int cursor = -1;  // its cell, -1 when hidden
};

/// Everything that decides how the run goes on; events and bytes already sent are not part.
struct Snapshot;

class Machine {
 public:
  /// `memory_bytes` is checked by the caller against min_memory, max_memory and is whole pages.
  explicit Machine(u64 memory_bytes, u64 start_time = default_start_time);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Puts a kernel of any kind (boot_image.h), its command line and modules into RAM and the CPU at the entry.
  /// After an error nothing has changed.
  Result<bool> load(const BootFiles& files);

  /// Gives the machine an ATA disk, before it starts; the bytes are copied and
  /// zeros follow up to `size`. Without one nothing answers at its ports.
  void insert_disk(std::span<const u8> bytes, u64 size);
  /// What is on it now.
  std::vector<u8> disk_bytes() const;

  /// Until `instruction_limit` have retired since power-on, or virtual time reaches `time_limit`
  /// (ticks), or an earlier stop. Halted time is skipped, but not past time_limit.
  MachineStop run(u64 instruction_limit, u64 time_limit = bus::never);

  mem::PhysicalMemory& ram();
  const mem::PhysicalMemory& ram() const;
  cpu::Cpu& cpu();
  const cpu::Cpu& cpu() const;
  const bus::Clock& clock() const;
  trace::EventLog& log();
  const trace::EventLog& log() const;

  /// Writes RAM from outside; false, and nothing done, when out of range.
  [[nodiscard]] bool poke(Gpa address, std::span<const u8> bytes);

  // Serial lines 0 and 1.
  void serial_input(unsigned line, std::span<const u8> bytes);
  void serial_hang_up(unsigned line);
  /// Of the terminal on line 0: the guest reads it, and is rung up.
  void set_console_size(u16 rows, u16 columns);
  /// A byte of scan code set 1 from the keyboard's keys.
  void key(u8 code);
  TextScreen text_screen() const;
  /// The board's NMI button; port 0x70 bit 7 masks it.
  void press_nmi();
  /// Takes what the guest sent since the last call.
  std::string take_serial_output(unsigned line);

  u32 exit_value() const;  // last value written to the exit port
  bool exit_requested() const;
  Gpa introspect_header() const;  // as announced by the kernel; 0 = not yet
  bool panicked() const;
  std::string panic_message() const;
  u32 current_pid() const;

  /// Hash of CPU, devices, clock and RAM.
  u64 state_hash() const;

  /// Costs what was written since the last snapshot or restore.
  std::shared_ptr<const Snapshot> snapshot();
  /// Frames that may have been written since then.
  u64 frames_touched() const;
  /// Of a machine with the same amount of memory. The event log goes on at the snapshot's count.
  void restore(const Snapshot& snapshot);
  /// What all snapshots of this machine's RAM hold together.
  u64 snapshot_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lucid::machine
