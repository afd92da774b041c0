// SPDX-License-Identifier: MIT
// One x86-64 processor: executes guest code until told to stop.
//
// Known inaccuracies, and why they stay. What the manual leaves undefined is in undefined.md; tests/cosim/compare.cpp
// allows what is marked with *.
//
//   * FSIN FCOS FSINCOS FPTAN FPATAN F2XM1 FYL2X FYL2XP1
//       may differ from Intel's results by one unit in the last place, and then in C1: their algorithms are not public.
//   * CALL RET IRET (far and near), BOUND, LxS, PUSH and POP, CMPS, MASKMOVQ MASKMOVDQU outside 64-bit mode
//       look at several places. When more than one of them is a fault, it need not be the same one that Intel's
//       microcode meets first, nor the same byte in CR2. Every fault raised is one of those that are due.
//   * an operand beyond a segment's limit that is misaligned, too: #SS or #GP where Intel raises #AC, or the reverse.
//   * FNSTENV FNSAVE FLDENV FRSTOR FXSAVE FXRSTOR, FSTP m80, FBSTP, CALL that fault in the second of two pages
//       have stored nothing, and CR2 is that of the first byte missing; Intel's may have stored a part.
//   * REP CMPS, REP SCAS that fault in the middle: flags of the last iteration or of the start (both allowed); with
//       32-bit addresses the upper halves of RSI RDI RCX are cleared or not.
//   * stores of x87 and MMX registers that an unmasked x87 exception or a segment limit prevents: whether the limit was
//       looked at first, and the state switched to MMX.
//   caches and TLBs
//       memory types (PAT, MTRR, PCD, PWT, CR0.CD) have no effect, and a changed page table entry acts at once, without
//       INVLPG: a run must not depend on where it was stopped or looked at.
//   SYSCALL from compatibility mode enters at CSTAR, as on AMD's processors, instead of #UD: more useful.
//   task switches: of several faults of one switch the first is the one that SDM vol. 3, table 7-1 names, but that an
//       absent LDT comes before a wrong CS; the upper halves of registers from a 16-bit TSS are ones (undocumented).
//   VME and PVI, MONITOR, XSAVE, PCID and the APIC are absent, and CPUID says so; RDPMC is always #GP.
//   machine checks never happen; INIT and SMI have no pins here. Shutdown ends the machine: no NMI wakes it.
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
/// After power-on: real mode at F000:FFF0 (SDM vol. 3, 10.1.4). Known inaccuracy: CS's base is 0xf0000 at once, where the
/// same ROM is seen, and not 0xffff0000 until the first far jump.
State reset_state();

}  // namespace lucid::cpu
