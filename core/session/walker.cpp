// SPDX-License-Identifier: MIT
#include "core/session/walker.h"

#include <algorithm>
#include <utility>

#include "core/isa/decoder.h"

namespace lucid::session {
namespace {

using trace::Kind;
using trace::KindSet;

constexpr u64 longest_call = 7;            // bytes: prefixes, FF /2, SIB and displacement
constexpr u64 kernel_stack_bytes = 16384;  // of our kernel's tasks
constexpr u64 switch_instructions = 512;   // from the announcement of a task switch to the other stack, amply
constexpr u64 user_half = u64{1} << 56;    // addresses of programs are below, the kernel's are above
constexpr u64 tss_rsp0 = 4;                // offset (SDM vol. 3, 8.7)

constexpr u64 iretq = 0xcf48;  // its two bytes

constexpr KindSet interruptions = KindSet{}.with(Kind::interrupt_delivered).with(Kind::exception_raised);

}  // namespace

Walker::Walker(Session::Impl& impl, Calls calls) : Walker(impl, calls, bus::never, false) {}

Walker::Walker(Session::Impl& impl, Calls calls, u64 until, bool enters_last)
    : impl_(impl),
      calls_(calls),
      until_(until),
      enters_last_(enters_last),
      task_(stack_top()),
      pid_(impl.machine->current_pid()),
      last_instruction_(impl.now().instruction + most_instructions) {
  // The kernel's first thread, and the idle one, are on stacks that no TSS knows: about here.
  if (!user() && !on_own_stack()) task_ = rsp() + kernel_stack_bytes / 2;
}

u64 Walker::word_at(u64 address) const {
  u64 value = 0;
  const inspect::GuestMemory memory(impl_.machine->ram(), impl_.guest().paging());
  return memory.get(Gva{address}, value) ? value : 0;
}

u64 Walker::stack_top() const { return word_at(cpu().tr.base + tss_rsp0); }

bool Walker::on_own_stack() const {
  // Right after SYSCALL, and right before SYSRET, the kernel runs on the program's stack.
  return task_ - rsp() < kernel_stack_bytes || (rsp() < user_half && stack_top() == task_);
}

Stop Walker::run(u64 instructions, KindSet kinds, std::optional<Gva> place) {
  const u64 allowed = until_ == bus::never ? last_instruction_ : bus::never;
  if (place) impl_.pass_at(*place);
  const Stop stop = impl_.run(std::min(allowed, impl_.now().instruction + instructions), until_, kinds);
  if (place) impl_.pass_nowhere();
  return stop;
}

bool Walker::ended(Stop stop) const {
  return impl_.over || stop == Stop::idle || !impl_.hit.ids.empty() ||
         (until_ == bus::never && impl_.now().instruction >= last_instruction_);
}

bool Walker::task_exited() const {
  const auto& log = impl_.machine->log();
  for (u64 i = log.count(); i > log.first() && i + 4 > log.count(); --i) {
    if (log.at(i - 1).kind == Kind::exited && log.at(i - 1).args[0] == pid_) return true;
  }
  return false;
}

void Walker::moved() {
  symbolizer_.reset();
  line_start_ = 1, line_end_ = 0;
}

// --- excursions ---

bool Walker::pass_kernel() {
  const KindSet kinds = KindSet{}.with(Kind::returned_to_user).with(Kind::exited);
  while (!at_end()) {
    const Stop stop = run(most_instructions, kinds);
    if (ended(stop) || (stop == Stop::event && task_exited())) return stopped_ = stop, false;
    if (user() && here()) return in_time();
  }
  return false;
}

bool Walker::pass_handler(const Before& before) {
  const Calls calls = std::exchange(calls_, Calls::pass);
  const auto over = [&] { return !user() && rsp() >= before.rsp && on_own_stack(); };
  while (!at_end() && !stopped_ && !over()) stopped_ = advance().stopped;
  calls_ = calls;
  return over() && !stopped_ && in_time();
}

bool Walker::pass_other_tasks() {
  const KindSet kinds = KindSet{}.with(Kind::switched).with(Kind::returned_to_user).with(Kind::syscall_entered);
  while (!here() && !at_end()) {
    Stop stop = run(most_instructions, kinds);
    for (u64 i = 0; i < switch_instructions && stop == Stop::event && !here() && !at_end(); ++i) {
      stop = run(1, {});
      if (stop == Stop::limit) stop = Stop::event;
    }
    if (ended(stop)) return stopped_ = stop, false;
  }
  return here();
}

bool Walker::pass_call(Gva behind, u64 stack) {
  const bool was_user = user();
  while (!at_end()) {
    const Stop stop = run(most_instructions, KindSet{}.with(Kind::exited), behind);
    if (ended(stop) || (stop == Stop::event && task_exited())) return stopped_ = stop, false;
    // A deeper level of a recursion, or another task, passes the same address earlier.
    if (cpu().rip == behind.value && user() == was_user && rsp() >= stack && here()) return in_time();
  }
  return false;
}

bool Walker::join() {
  const bool joined = pass_other_tasks();
  moved();
  return joined && !at_end();
}

// --- walking ---

Walker::Step Walker::advance() {
  Step step;
  step.time = impl_.now().time;
  const Before before{cpu().rip, rsp(), user()};
  const Stop stop = ++steps_ > most_steps ? Stop::limit : run(1, interruptions);
  if (steps_ > most_steps || ended(stop)) return step.stopped = stop, step;

  const u64 inside = impl_.now().time;
  const auto finish = [&](bool finished) {
    moved();
    step.stopped = std::exchange(stopped_, {});
    if (finished || step.stopped || until_ == bus::never) return;
    impl_.travel_again(inside);
    step.called = true;
  };
  if (before.user && !user()) {
    finish(pass_kernel());
  } else if (!before.user && user()) {
    moved();
    step.returned = step.surfaced = true;
  } else if (!user() && stop == Stop::event) {
    finish(pass_handler(before));
  } else if (!user() && !on_own_stack()) {
    pass_other_tasks();
    moved();
    step.stopped = std::exchange(stopped_, {});
  } else if (cpu().rip - before.rip > isa::max_length) {  // not the next instruction
    const bool called = rsp() == before.rsp - 8 && word_at(rsp()) - before.rip <= longest_call;
    step.returned = rsp() > before.rsp && word_at(before.rsp) == cpu().rip;
    step.surfaced = step.returned && (calls_ == Calls::pass || (word_at(before.rip) & 0xffff) == iretq);
    if (!called) return step;
    const Gva behind{word_at(rsp())};
    step.called = calls_ == Calls::enter || (calls_ == Calls::enter_with_lines && line().known());
    if (!step.called) finish(pass_call(behind, before.rsp));
  }
  return step;
}

Walker::Line Walker::line() {
  const u64 rip = cpu().rip;
  if (rip < line_start_ || rip >= line_end_) line_ = line_at(rip);
  return line_;
}

bool Walker::inside_line() {
  const Line before = line_at(cpu().rip - 1), here = line_at(cpu().rip);
  return here.known() && here.same(before);
}

Walker::Line Walker::line_at(u64 address) {
  if (!symbolizer_) symbolizer_.emplace(impl_.symbolizer());
  line_start_ = 1, line_end_ = 0;
  const inspect::MappedImage mapped = symbolizer_->image_at(Gva{address});
  if (!mapped.image) return {};
  const inspect::SourceMap& map = impl_.images->lines(*mapped.image);
  const auto [row, end] = map.row_of(address - mapped.bias);
  if (!row || row->line == 0) return {};
  line_start_ = row->address + mapped.bias, line_end_ = end + mapped.bias;
  return {&map, row->file, row->line, row->statement};
}

// --- time that was recorded ---

void Replay::begin() {
  impl_.travelling = true;
  impl_.arm(false);
}

void Replay::finish() {
  impl_.arm(true);
  impl_.travelling = false;
  impl_.strace.take();
  if (!impl_.over) impl_.last_stop = Stop::limit;
  ++impl_.revision;
}

void Session::Impl::travel_again(u64 time) {
  travel_to_time(time);
  travelling = true;
  arm(false);
}

void Session::Impl::pass_at(Gva place) {
  passing = place;
  cpu::Cpu& cpu = machine->cpu();
  if (armed) {
    places.insert(std::upper_bound(places.begin(), places.end(), place), place);
    cpu.set_breakpoints(places);
  } else {
    cpu.set_breakpoints({&place, 1});
    if (!plan.ranges.empty()) cpu.set_watches({});
    cpu.set_armed(true);
  }
}

void Session::Impl::pass_nowhere() {
  passing.reset();
  bind_places();
  if (armed) return;
  machine->cpu().set_armed(false);
  if (!plan.ranges.empty()) machine->cpu().set_watches(plan.ranges);
}

}  // namespace lucid::session
