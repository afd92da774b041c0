// SPDX-License-Identifier: MIT
// What is kept of a run, and how any moment of it is reached again: nearest keyframe, then the same
// commands at the same times.
#include <algorithm>

#include "core/session/impl.h"

namespace lucid::session {
namespace {

/// Keyframes get this part of the budget, events the rest.
constexpr u64 keyframe_share(u64 budget) { return budget / 4 * 3; }
/// What events may add between two looks at the budget: a slice's worth.
constexpr u64 slice_of_events(u64 budget) { return budget / 128; }
/// What a keyframe holds besides pages: device states, pointers to pages and to blocks of output.
constexpr u64 keyframe_overhead = 16 << 10;
/// Where keyframes are left before the destination of a travel, in ticks.
constexpr u64 landing_distances[] = {400'000, 100'000, 25'000, 6'000};

}  // namespace

u64 Session::Impl::recording_bytes() const {
  return machine->snapshot_bytes() + timeline.size() * keyframe_overhead + record.bytes();
}

Keyframe Session::Impl::keyframe() {
  return {
      now(),          machine->cpu().state().halted, machine->snapshot(), stats, colours, open_calls, output, strace,
      recorded_events};
}

void Session::Impl::take_keyframe() {
  if (history_bytes == 0 || over) return;
  if (next_command > 0 && commands[next_command - 1].time == now().time) return;  // must come before commands
  const u64 cost = machine->frames_touched() * page_size + keyframe_overhead;
  const auto fits = [&](u64 budget) { return recording_bytes() - record.bytes() + cost <= keyframe_share(budget); };
  while (!fits(easy_history_bytes)) {
    const size_t least = timeline.least_missed(now().instruction, end.instruction);
    if (least == 0) break;
    if (fits(history_bytes) && timeline.way_without(least, end.instruction) > Timeline::short_way) break;
    timeline.remove(least);
  }
  last_keyframe = now().instruction;
  if (!fits(history_bytes) && !timeline.empty()) return;
  timeline.add(keyframe());
}

void Session::Impl::record_progress() {
  end = std::max(end, now());
  if (history_bytes == 0 || travelling) return;
  record.shrink(easy_history_bytes - keyframe_share(easy_history_bytes) - slice_of_events(easy_history_bytes));
  const u64 since = now().instruction - last_keyframe;
  if (since < Timeline::interval || since < machine->frames_touched() * Timeline::interval_per_frame) return;
  if (!timeline.has_near(now().instruction, Timeline::interval / 2)) take_keyframe();
}

void Session::Impl::forget_future() {
  commands.resize(next_command);
  timeline.forget_after(now().time);
  record.truncate(recorded_events);
  ++jumps;
  end = now();
}

// --- getting there ---

void Session::Impl::go_back_to(const Keyframe& keyframe) {
  ++jumps;
  machine->restore(*keyframe.machine);
  stats = keyframe.stats;
  colours = keyframe.colours;
  open_calls = keyframe.open_calls;
  output = keyframe.output;
  strace = keyframe.strace;
  recorded_events = keyframe.recorded_events;
  events_seen = machine->log().count();
  over = false;
  last_keyframe = keyframe.at.instruction;
  const auto after = std::lower_bound(commands.begin(), commands.end(), keyframe.at.time,
                                      [](const StampedCommand& each, u64 time) { return each.time < time; });
  next_command = static_cast<size_t>(after - commands.begin());
}

void Session::Impl::travel(u64 instruction_limit, u64 time_limit, trace::KindSet stop_kinds) {
  travelling = true;
  arm(false);
  while (now().instruction < instruction_limit && now().time < time_limit) {
    const Moment before = now();
    if (const Stop stop = run(instruction_limit, time_limit, stop_kinds); over || stop == Stop::event) break;
    if (now() == before) break;
  }
  arm(true);
  travelling = false;
  strace.take();
  if (!over) last_stop = Stop::limit;
  ++revision;
}

void Session::Impl::travel_to_time(u64 time) {
  time = std::min(time, end.time);
  const Keyframe* from = timeline.at_or_before(time);
  if (time < now().time || from->at.instruction > now().instruction + Timeline::interval) go_back_to(*from);
  for (const u64 distance : landing_distances) {
    if (time < distance || now().time + 2 * distance > time) continue;
    travel(bus::never, time - distance, {});
    take_keyframe();
  }
  travel(bus::never, time, {});
}

void Session::Impl::travel_to_instruction(u64 instruction) {
  instruction = std::min(instruction, end.instruction);
  const Keyframe* from = timeline.before_instruction(instruction);
  if (instruction <= now().instruction || from->at.instruction > now().instruction + Timeline::interval) {
    go_back_to(*from);
  }
  for (const u64 distance : landing_distances) {
    if (instruction < distance || now().instruction + 2 * distance > instruction) continue;
    travel(instruction - distance, bus::never, {});
    take_keyframe();
  }
  travel(instruction, bus::never, {});
}

void Session::Impl::travel_to_event(u64 index) {
  const trace::Event event = record.at(index);
  travel_to_time(event.time == 0 ? 0 : event.time - 1);
  while (recorded_events <= index && !over && now() < end) {
    travel(bus::never, end.time, trace::KindSet{}.with(event.kind));
  }
}

// --- as the user sees it ---

Session::Recording Session::recording() const {
  const Impl& impl = *impl_;
  return {impl.history_bytes != 0, impl.end, impl.timeline.size(), impl.recording_bytes(), impl.history_bytes};
}

std::vector<Moment> Session::keyframes() const {
  std::vector<Moment> all;
  for (const Keyframe& each : impl_->timeline.keyframes()) all.push_back(each.at);
  return all;
}

bool Session::in_past() const { return impl_->in_past(); }

bool Session::seek_time(u64 time) {
  if (impl_->timeline.empty()) return false;
  impl_->travel_to_time(time);
  return true;
}

bool Session::seek_instruction(u64 instruction) {
  if (impl_->timeline.empty()) return false;
  impl_->travel_to_instruction(instruction);
  return true;
}

const trace::EventRecord& Session::record() const { return impl_->record; }
RecordedRun::End Session::where() const {
  return {instruction(), time(), events().count(), events().hash(), state_hash()};
}

RecordedRun Session::recorded_run(std::string version) const {
  const Impl& impl = *impl_;
  RecordedRun run;
  run.version = std::move(version);
  run.memory_bytes = impl.in->memory_bytes;
  run.command_line = impl.in->command_line;
  run.kernel_name = impl.in->kernel_name;
  run.kernel = impl.in->kernel;
  run.archives = impl.in->initrd;
  run.disk = impl.in->disk;
  run.disk_bytes = impl.in->disk_bytes;
  run.modules = impl.in->modules;
  run.commands.assign(impl.commands.begin(), impl.commands.begin() + static_cast<std::ptrdiff_t>(impl.next_command));
  run.end = where();
  return run;
}

u64 Session::jumps() const { return impl_->jumps; }
u64 Session::events_before_now() const { return impl_->recorded_events; }

}  // namespace lucid::session
