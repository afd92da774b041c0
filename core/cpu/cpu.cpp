// SPDX-License-Identifier: MIT
#include "core/cpu/cpu.h"

#include <algorithm>
#include <utility>

#include "core/cpu/block.h"
#include "core/cpu/control.h"
#include "core/cpu/core.h"
#include "core/cpu/cpuid.h"
#include "core/cpu/debug.h"
#include "core/cpu/fetch.h"
#include "core/cpu/interpreter.h"
#include "core/cpu/interrupts.h"
#include "core/cpu/log.h"
#include "core/cpu/memory.h"
#include "core/cpu/segments.h"

namespace lucid::cpu {
namespace {

/// At most this many instructions before the hot loop is left: V8 does not replace a wasm function
/// while it runs, so a loop that never returned would stay in the baseline compiler's code.
constexpr u64 longest_slice = 1 << 17;

}  // namespace

struct Cpu::Impl final : mem::WalkListener {
  explicit Impl(const Wiring& wiring) : core(wiring), code(core.mmu) {
    core.code = &code;
    core.mmu.set_listener(*this);
  }
  void code_written(u64 frame) override { cpu::code_written(core, frame); }
  void entry_marked(Gpa entry) override { note_marked_entry(core, entry); }

  StopReason run(u64 limit);
  bool take_task_trap();
  bool take_interrupt();
  void slice(u64 limit);
  void finish(Leave leave, bool trap, u64 before);
  void trace_step();
  bool at_breakpoint() const;
  bool hits_breakpoint();
  void flush();
  void load(const State& state);

  Core core;
  CodeCache code;
  PartialBlock partial;
  std::vector<u64> breakpoints;  // sorted
  bool armed = true;
  u64 passed_at = ~u64{0};  // the count of instructions at which a breakpoint is not one
  bool memory_changed = false;
  mutable State visible;  // as state() shows it
};

void Cpu::Impl::flush() {
  memory_changed = false;
  core.mmu.flush_all();
  code.drop_all();
  core.block = nullptr;
}

/// The T bit of the TSS that was switched to: #DB before the first instruction of the task.
bool Cpu::Impl::take_task_trap() {
  if (!std::exchange(core.state.task_trap, false)) return false;
  deliver_debug_trap(core, dr6::task_switch);
  ++core.wiring.clock.retired;
  return true;
}

/// Between two instructions. True = RIP is now at a handler. As with faults the delivery costs a tick,
/// so that no two states of a run have the same time.
bool Cpu::Impl::take_interrupt() {
  State& s = core.state;
  if (s.interrupt_shadow) return false;
  if (s.nmi_pending && !s.nmi_blocked) {
    s.nmi_pending = false;
    s.nmi_blocked = true;
    deliver_external(core, static_cast<u8>(Vector::nmi));
  } else if (core.wiring.interrupts.intr() && (core.flags.rest & flag::intr)) {
    deliver_external(core, core.wiring.interrupts.acknowledge());
  } else {
    return false;
  }
  ++core.wiring.clock.retired;
  return true;
}

/// RF as the processor's own breakpoints use it: an instruction that faulted behind its breakpoint is
/// not reported again when it is restarted.
bool Cpu::Impl::at_breakpoint() const {
  if (core.flags.rest & flag::rf) return false;
  return core.wiring.clock.retired != passed_at &&
         std::binary_search(breakpoints.begin(), breakpoints.end(), linear_ip(core));
}

/// DR0..DR3 on the present instruction: #DB comes before it.
bool Cpu::Impl::hits_breakpoint() {
  const u64 hits = execution_hits(core, linear_ip(core));
  if (hits == 0) return false;
  report_debug(core, hits);
  core.raise(Vector::debug);
  return true;
}

/// Executes up to the next thing that may happen from outside, or to the end of a block when
/// somebody wants to look in between.
void Cpu::Impl::slice(u64 limit) {
  Core& c = core;
  bus::Clock& clock = c.wiring.clock;
  const u64 until_timer = clock.next_deadline() - clock.now();
  const bool trap = c.flags.rest & flag::tf;
  u64 budget = std::max<u64>(std::min({limit - clock.retired, until_timer, longest_slice}), 1);
  const bool resumes = c.flags.rest & flag::rf;
  if (c.state.interrupt_shadow || trap || resumes || c.debug_armed || c.observed) budget = 1;
  const bool in_debug_shadow = std::exchange(c.state.debug_shadow, false);
  c.state.interrupt_shadow = false;
  c.budget = static_cast<i64>(budget);
  c.slice_end = clock.retired + budget;
  if (c.debug_armed && !resumes && !in_debug_shadow && hits_breakpoint()) {
    return finish(Leave::fault, false, clock.retired);
  }
  c.flags.rest &= ~flag::rf;  // for one instruction; a fault sets it in what it pushes
  Block* block = find_block(c);
  if (block == nullptr) return finish(Leave::fault, false, clock.retired);
  if (block->count > budget) block = partial.make(*block, static_cast<unsigned>(budget), code.no_block());
  const u64 start = c.rip;
  const u64 before = clock.retired;
  const Leave leave = execute(c, block);
  if (c.observed && leave != Leave::fault) {
    clock.retired = before;
    log(c, trace::Kind::instruction_retired, start, c.rip);
  }
  finish(leave, trap, before);
}

/// A fault costs a tick of its own, and so does a slice that executed nothing (its block was cut before
/// its first instruction was complete): a machine always comes to its limit.
void Cpu::Impl::finish(Leave leave, bool trap, u64 before) {
  Core& c = core;
  c.block = nullptr;
  code.resume();
  const StepTrap step_trap = std::exchange(c.step_trap, StepTrap::if_set_before);
  if (step_trap != StepTrap::if_set_before) trap = step_trap == StepTrap::yes;
  c.state.debug_shadow = step_trap == StepTrap::deferred;
  c.wiring.clock.retired = c.slice_end - static_cast<u64>(c.budget);
  const bool fault_follows = std::exchange(c.fault_follows, false);
  if (leave == Leave::fault || fault_follows) {
    c.state.interrupt_shadow = c.state.debug_shadow = false;
    c.state.debug_hits = 0;
    c.watch_hits.clear();  // the instruction will be tried again
    deliver_fault(c);
    ++c.wiring.clock.retired;
  } else if (c.wiring.clock.retired == before) {
    ++c.wiring.clock.retired;
  } else if (step_trap != StepTrap::deferred && (trap || c.state.debug_hits)) {
    deliver_debug_trap(c, std::exchange(c.state.debug_hits, u8{0}) | (trap ? dr6::single_step : 0));
  }
}

StopReason Cpu::Impl::run(u64 limit) {
  bus::Clock& clock = core.wiring.clock;
  for (;;) {
    if (memory_changed) flush();
    if (clock.now() >= clock.next_deadline()) clock.fire_due();  // first: at a stop, what is due has happened
    if (core.wiring.log.stop_requested()) return StopReason::event;
    if (!core.watch_hits.empty()) return StopReason::watchpoint;
    if (core.shut_down) return StopReason::shutdown;
    if (clock.retired >= limit) return StopReason::limit;
    if (take_task_trap() || take_interrupt()) continue;
    if (core.state.halted) return StopReason::halted;
    if (armed && !breakpoints.empty() && at_breakpoint()) {
      passed_at = clock.retired;
      return StopReason::breakpoint;
    }
    slice(limit);
  }
}

Cpu::Cpu(const Wiring& wiring) : impl_(std::make_unique<Impl>(wiring)) { set_state(State{}); }
Cpu::~Cpu() = default;

StopReason Cpu::run(u64 limit) { return impl_->run(limit); }

std::vector<mem::CachedPage> Cpu::cached_pages() const { return impl_->core.mmu.cached(); }

const State& Cpu::state() const {
  const Core& c = impl_->core;
  State& out = impl_->visible;
  out = c.state;
  std::copy(c.r, c.r + 16, out.gpr.begin());
  out.rip = c.rip;
  out.rflags = c.flags.all();
  return out;
}

void Cpu::set_state(const State& state) {
  impl_->load(state);
  impl_->flush();
}

void Cpu::restore(const State& state, std::span<const u64> changed_frames) {
  impl_->load(state);
  for (const u64 frame : changed_frames) impl_->code.drop_frame(frame);
}

void Cpu::Impl::load(const State& state) {
  Core& c = core;
  c.state = state;
  std::copy(state.gpr.begin(), state.gpr.end(), c.r);
  c.rip = state.rip;
  c.flags.set_all(state.rflags);
  c.shut_down = false;
  c.watch_hits.clear();
  passed_at = ~u64{0};
  c.mmu.set_paging({state.cr0, state.cr3, state.cr4, state.efer, state.pdpte});
  refresh(c);
  update_debug(c);
  c.block = nullptr;
  c.mmu.flush_all();
}

void Cpu::set_observed(bool on) {
  impl_->core.observed = on;
  update_debug(impl_->core);
}

void Cpu::set_breakpoints(std::span<const Gva> addresses) {
  auto& list = impl_->breakpoints;
  list.clear();
  for (const Gva address : addresses) list.push_back(address.value);
  std::sort(list.begin(), list.end());
  CodeCache::Splits splits;
  for (const u64 address : list) splits.set(address & page_mask);
  impl_->code.set_splits(splits);
}

void Cpu::pass_breakpoint(bool pass) { impl_->passed_at = pass ? impl_->core.wiring.clock.retired : ~u64{0}; }

void Cpu::set_watches(std::span<const mem::WatchRange> ranges) {
  impl_->core.mmu.set_watches(ranges);
  impl_->code.set_unfused(!ranges.empty());
  impl_->core.watching = impl_->armed && !ranges.empty();
  clear_watch_hits();
}

const std::vector<WatchHit>& Cpu::watch_hits() const { return impl_->core.watch_hits; }
void Cpu::clear_watch_hits() { impl_->core.watch_hits.clear(); }

void Cpu::set_armed(bool on) {
  impl_->armed = on;
  impl_->core.watching = on && !impl_->core.mmu.watches().empty();
}

void Cpu::raise_nmi() { impl_->core.state.nmi_pending = true; }
void Cpu::forget_writes() { impl_->core.mmu.forget_writes(); }
void Cpu::memory_changed() {
  impl_->memory_changed = true;
  impl_->core.wiring.ram.touch_all();
}

State reset_state() {
  State s;
  s.rip = 0xfff0;
  s.gpr[rdx] = cpuid_leaf(s, 1, 0).eax;  // family, model and stepping
  s.cr0 = cr0::cd | cr0::nw | cr0::et;
  s.segment.fill({0, 0x0093, 0xffff, 0});
  s.segment[cs] = {0xf000, 0x009b, 0xffff, 0xf0000};
  s.tr = {0, 0x008b, 0xffff, 0};
  s.ldtr = {0, 0x0082, 0xffff, 0};
  s.gdtr.limit = s.idtr.limit = 0xffff;
  return s;
}

State pvh_entry_state(u32 entry, Gpa start_info) {
  State s;
  s.rip = entry;
  s.gpr[rbx] = start_info.value;
  s.cr0 = cr0::pe | cr0::et;
  const Segment data{0, 0xc093, 0xffffffff, 0};
  s.segment.fill(data);
  s.segment[cs] = {0, 0xc09b, 0xffffffff, 0};
  s.tr = {0, 0x008b, 0x67, 0};
  s.ldtr = {0, 0x0082, 0, 0};
  s.idtr.limit = 0;
  return s;
}

}  // namespace lucid::cpu
