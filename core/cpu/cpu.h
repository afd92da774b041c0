// SPDX-License-Identifier: MIT
// One x86-64 processor: executes guest code until told to stop.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "core/base/types.h"
#include "core/bus/clock.h"
#include "core/bus/interrupt.h"
#include "core/bus/memory_bus.h"
#include "core/bus/port_bus.h"
#include "core/cpu/state.h"
#include "core/mem/physical_memory.h"
#include "core/mem/cached_page.h"
#include "core/mem/watch.h"
#include "core/trace/event_log.h"

namespace lucid::cpu {

enum class StopReason : u8 {
  limit,       // clock.retired reached the limit given
  halted,      // HLT: nothing to do before the next interrupt (state().halted)
  event,       // an event of a stop kind was logged; the instruction that logged it is complete
  breakpoint,  // RIP is at a breakpoint, its instruction not yet executed
  watchpoint,  // the instruction just executed, or the delivery of a fault or interrupt, made watch_hits()
  shutdown,    // triple fault: the machine is over until reset
};

/// Everything the processor is wired to.
struct Wiring {
  mem::PhysicalMemory& ram;
  bus::PortBus& ports;
  bus::InterruptSource& interrupts;
  bus::Clock& clock;
  trace::EventLog& log;
  const u32& current_pid;                // as last announced by the kernel; stamped on events
  bus::MemoryBus* memory_bus = nullptr;  // what is there beside RAM; null = nothing
};

/// An access that a watched range wanted.
struct WatchHit {
  u32 range = 0;  // index into the ranges
  mem::Access access = mem::Access::write;
  Gva at;  // a walk that marked an entry of a table used no linear address: 0
  Gpa physical;
  u32 bytes = 0;
};

class Cpu {
 public:
  explicit Cpu(const Wiring& wiring);
  ~Cpu();
  Cpu(const Cpu&) = delete;
  Cpu& operator=(const Cpu&) = delete;

  /// Executes until clock.retired == limit or an earlier stop. Fires due timers and delivers
  /// interrupts on the way. Any sequence of calls with growing limits gives the same states at the
  /// same counts: run equals step. Where it stopped for a breakpoint it goes on behind it.
  StopReason run(u64 limit);

  /// What the TLBs hold, for people to look at: no part of the state.
  std::vector<mem::CachedPage> cached_pages() const;
  const State& state() const;
  /// For loader, commands, snapshots and tests: replaces everything; caches are flushed.
  void set_state(const State& state);

  /// Per-instruction events (instruction_retired, memory_read, memory_written) on or off.
  void set_observed(bool on);

  // --- what somebody outside the machine waits for; changes nothing in the run itself ---
  /// Linear addresses, in every address space. Code elsewhere runs as fast as without.
  void set_breakpoints(std::span<const Gva> addresses);
  /// Whether the next run() goes past a breakpoint at the present instruction.
  void pass_breakpoint(bool pass = true);
  /// Accesses to other pages are as fast as without.
  void set_watches(std::span<const mem::WatchRange> ranges);
  /// The first few of the last instruction that had any, until cleared.
  const std::vector<WatchHit>& watch_hits() const;
  void clear_watch_hits();
  /// Off: breakpoints and watched ranges are kept, but nothing stops at them.
  void set_armed(bool on);

  /// An edge on the NMI pin. While an NMI is handled one more waits for IRET.
  void raise_nmi();

  /// RAM was changed from outside, anywhere (a load): forgets decoded code and TLB entries.
  void memory_changed();
  /// As set_state, when RAM was changed from outside in these frames only: code decoded from others is kept.
  void restore(const State& state, std::span<const u64> changed_frames);
  /// The next write to any frame tells PhysicalMemory::touch again.
  void forget_writes();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The board's RESET as a PVH loader leaves it: 32-bit protected mode, paging off, flat segments,
/// interrupts off, EIP = entry, EBX = start_info (boot_info.h).
State pvh_entry_state(u32 entry, Gpa start_info);

}  // namespace lucid::cpu
