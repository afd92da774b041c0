// SPDX-License-Identifier: MIT
// Backwards by going forward: from each keyframe, last one first, the run is repeated up to where the
// search began, and the last moment that fits is the answer.
#include <algorithm>
#include <utility>

#include "core/inspect/processes.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

using Space = mem::WatchRange::Space;

Error not_recorded() { return Error{"Nothing is recorded: going back needs a session with a history."}; }

Breakpoint write_to(const mem::WatchRange& range) {
  Breakpoint breakpoint;
  Node first, touches;
  first.value = range.first;
  touches.term = Term::touches;
  touches.left = 0, touches.value = range.bytes;
  touches.physical = true, touches.writes = true;
  breakpoint.id = 1;
  breakpoint.expression.nodes = {first, touches};
  breakpoint.expression.root = 1;
  return breakpoint;
}

/// The pieces of RAM that a range of a process lies in; empty when part of it is not mapped.
std::vector<mem::WatchRange> pieces_of(const inspect::Guest& guest, const WrittenMemory& what) {
  std::vector<mem::WatchRange> pieces;
  for (u64 at = what.address.value, left = what.bytes; left > 0;) {
    const auto walk = inspect::walk(guest, what.pid, Gva{at}).result;
    if (walk.outcome != mem::WalkResult::Outcome::mapped) return {};
    const u64 here = std::min(left, page_size - (at & page_mask));
    pieces.push_back({Space::physical, false, true, walk.physical.value, here});
    at += here, left -= here;
  }
  return pieces;
}

/// Whose registers they are.
struct Context {
  bool user = false;
  u64 cr3 = 0;
  u32 pid = 0;
  friend bool operator==(const Context&, const Context&) = default;
};
Context context_of(const machine::Machine& machine) {
  const cpu::State& cpu = machine.cpu().state();
  return {cpu.cpl() == 3, cpu.cr3, machine.current_pid()};
}

}  // namespace

std::optional<Session::Impl::Found> Session::Impl::find_last_stop(std::vector<Breakpoint> wanted, u64 until,
                                                                  AccessSide side) {
  std::optional<Found> found;
  std::swap(breakpoints, wanted);
  plan_stops();
  travelling = true;
  for (u64 segment_end = until; !found && segment_end > 0;) {
    const Keyframe& from = *timeline.at_or_before(segment_end - 1);
    const u64 begin = from.at.time;
    go_back_to(from);
    arm(true);
    machine->cpu().pass_breakpoint(false);
    while (!over && now().time < segment_end) {
      const Moment before = now();
      const Stop stop = run(bus::never, segment_end, {});
      const bool fits = now().time < until || (side == AccessSide::before && !hit.accesses.empty());
      if (stop == Stop::breakpoint && fits) found = Found{now().time, hit};
      if (stop != Stop::breakpoint && now() == before) break;
    }
    segment_end = begin;
  }
  travelling = false;
  strace.take();
  std::swap(breakpoints, wanted);
  plan_stops();
  return found;
}

template <typename Step>
void Session::Impl::replay_by_instructions(u64 until, Step step) {
  travelling = true;
  arm(false);
  while (!over && now().time < until) {
    const Moment before = now();
    run(before.instruction + 1, until, {});
    if (now() == before) break;
    step(now().time);
  }
  arm(true);
  travelling = false;
  strace.take();
}

std::optional<u64> Session::Impl::find_last_change(RegisterName name) {
  const Context context = context_of(*machine);
  const u64 until = now().time;
  // Between two segments the value at the end of the earlier one is compared with the first of the later.
  std::optional<std::pair<u64, u64>> first_after;  // time and value
  first_after = {until, value_of(machine->cpu().state(), name)};
  for (u64 segment_end = until; segment_end > 0;) {
    const Keyframe& from = *timeline.at_or_before(segment_end - 1);
    const u64 begin = from.at.time;
    go_back_to(from);
    std::optional<u64> found, last_value;
    std::optional<std::pair<u64, u64>> first;
    const auto look = [&](u64 time) {
      if (!(context_of(*machine) == context)) return;
      const u64 value = value_of(machine->cpu().state(), name);
      if (last_value && *last_value != value) found = time;
      if (!first) first = {time, value};
      last_value = value;
    };
    look(begin);
    replay_by_instructions(segment_end, look);
    if (last_value && *last_value != first_after->second) return first_after->first;
    if (found) return found;
    if (first) first_after = first;
    segment_end = begin;
  }
  return std::nullopt;
}

std::optional<u64> Session::Impl::last_poke(const std::vector<mem::WatchRange>& ranges, u64 until) const {
  for (auto each = commands.rbegin(); each != commands.rend(); ++each) {
    const auto* poke = std::get_if<PokeMemory>(&each->command);
    if (poke == nullptr || each->time >= until) continue;
    for (const auto& range : ranges) {
      if (range.meets(poke->address.value, poke->bytes.size())) return each->time;
    }
  }
  return std::nullopt;
}

void Session::Impl::go_to(u64 time, AccessSide side) {
  travel_to_time(time);
  if (side == AccessSide::before && now().instruction > 0) travel_to_instruction(now().instruction - 1);
}

// --- as the user sees it ---

bool Session::run_back(AccessSide side) {
  Impl& impl = *impl_;
  if (impl.timeline.empty() || impl.plan.empty()) return false;
  const u64 here = impl.now().time;
  const auto found = impl.find_last_stop(impl.breakpoints, here, side);
  if (!found) {
    impl.travel_to_time(here);
    return false;
  }
  impl.go_to(found->time, found->hit.accesses.empty() ? AccessSide::after : side);
  impl.hit = found->hit;
  return true;
}

Result<LastWrite> Session::last_write(const Written& what, AccessSide side) {
  Impl& impl = *impl_;
  if (impl.timeline.empty()) return not_recorded();
  const u64 here = impl.now().time;
  std::vector<mem::WatchRange> ranges;
  if (const auto* memory = std::get_if<WrittenMemory>(&what)) {
    ranges = pieces_of(impl.guest(), *memory);
    if (ranges.empty()) return Error{"This memory is not mapped now: ask for its page table entry instead."};
  } else if (const auto* ram = std::get_if<WrittenRam>(&what)) {
    if (ram->bytes == 0 || !impl.machine->ram().contains(ram->address, ram->bytes))
      return Error{"There is no RAM at this physical address."};
    ranges = {{Space::physical, false, true, ram->address.value, ram->bytes}};
  } else if (const auto* entry = std::get_if<WrittenEntry>(&what)) {
    const auto walk = inspect::walk(impl.guest(), entry->pid, entry->address).result;
    if (walk.step_count == 0) return Error{"There is no page walk for this address."};
    ranges = {{Space::physical, false, true, walk.steps[walk.step_count - 1].entry_at.value, 8}};
  }
  std::optional<u64> after;
  if (const auto* reg = std::get_if<WrittenRegister>(&what)) {
    after = impl.find_last_change(reg->name);
  } else {
    std::vector<Breakpoint> wanted;
    for (const auto& range : ranges) wanted.push_back(write_to(range));
    const auto found = impl.find_last_stop(std::move(wanted), here, AccessSide::before);
    if (found) after = found->time;
  }
  const auto poked = impl.last_poke(ranges, here);
  if (!after && !poked) {
    impl.travel_to_time(here);
    return Error{"It has been what it is since the machine was started."};
  }
  LastWrite write;
  if (poked && (!after || *poked >= *after)) {
    impl.travel_to_time(*poked);
    write.before = write.after = impl.now();
    write.by_command = true;
    return write;
  }
  impl.go_to(*after, AccessSide::after);
  write.after = impl.now();
  impl.travel_to_instruction(impl.now().instruction - 1);
  write.before = impl.now();
  if (side == AccessSide::after) impl.travel_to_time(*after);
  return write;
}

}  // namespace lucid::session
