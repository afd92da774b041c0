// SPDX-License-Identifier: MIT
// The inside of a session, shared by its source files only.
#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include "core/inspect/guest.h"
#include "core/inspect/images.h"
#include "core/inspect/strace.h"
#include "core/machine/machine.h"
#include "core/session/breakpoints.h"
#include "core/session/output_capture.h"
#include "core/session/process_colours.h"
#include "core/session/session.h"
#include "core/session/source_texts.h"
#include "core/session/timeline.h"

namespace lucid::session {

/// What a machine is made of. Sessions that begin at the same point share it.
struct Inputs {
  u64 memory_bytes = 0;
  std::vector<u8> kernel;
  std::span<const u8> kernel_file;  // the same, or what a ROM will take from the disk
  std::vector<u8> initrd;           // all archives one after the other
  std::string command_line;
  std::vector<u8> disk;  // the beginning of it
  u64 disk_bytes = 0;
  std::string kernel_name;
  std::vector<std::pair<std::vector<u8>, std::string>> modules;  // bytes and names
};

struct Session::Impl {
  // Given once; a reset starts again from these.
  std::shared_ptr<const Inputs> in;
  u64 history_bytes = 0, easy_history_bytes = 0;
  std::shared_ptr<inspect::Images> images;  // of `in`, which they point into; shared as that is

  // The run.
  std::unique_ptr<machine::Machine> machine;
  std::vector<Command> pending;
  std::vector<StampedCommand> commands;  // of the whole recording, in order
  size_t next_command = 0;               // the first one after now
  std::array<OutputCapture, 2> output;
  u64 events_seen = 0;
  Stats stats;
  ProcessColours colours;
  OpenCalls open_calls;
  inspect::Strace strace;
  Stop last_stop = Stop::limit;
  bool over = false;

  // The recording.
  Timeline timeline;
  trace::EventRecord record;
  u64 recorded_events = 0;  // of the record's, before now
  Moment end;
  u64 last_keyframe = 0;    // instruction
  bool travelling = false;  // recorded time passes on the way to somewhere: nobody is told, nothing stops it

  // What the user wants to see; survives a reset.
  std::vector<Breakpoint> breakpoints;
  u32 last_breakpoint_id = 0;
  StopPlan plan;               // of those that are enabled
  std::vector<Gva> places;     // sorted; of the plan, as programs are loaded now
  bool armed = true;           // stops count now; not while travelling
  std::optional<Gva> passing;  // a place that run() stops at besides
  BreakpointHit hit;           // of the last run
  std::string program;         // whose symbols are looked up first, "" = none
  bool observed = false;
  bool strace_on = false;
  EventSink sink;
  SourceTexts texts;
  u64 revision = 0;
  u64 jumps = 0;

  Result<bool> boot();
  /// A machine without anything in its memory, and a run without a past.
  Result<bool> make_machine();
  Moment now() const { return {machine->clock().retired, machine->clock().now()}; }
  bool in_past() const { return now() < end || next_command < commands.size(); }
  void apply(const Command& command);
  /// Those submitted, or else those recorded for this moment.
  void apply_commands();
  /// Reads the events and output since the last call; true when one of `kinds` was among them.
  bool drain(trace::KindSet kinds);
  Stop run(u64 instruction_limit, u64 time_limit, trace::KindSet stop_kinds);
  Stop ended(machine::MachineStop stop);

  /// After time has passed: moves the end, and takes a keyframe when one is due.
  void record_progress();
  void take_keyframe();
  u64 recording_bytes() const;
  void forget_future();
  void go_back_to(const Keyframe& keyframe);
  /// Now, with what the session has noted of the run.
  Keyframe keyframe();
  /// Within the recording; leaves keyframes shortly before, for the steps back that often follow.
  void travel_to_time(u64 time);
  void travel_to_instruction(u64 instruction);
  /// To where a run that stops at event `index` of the record stops.
  void travel_to_event(u64 index);
  void travel(u64 instruction_limit, u64 time_limit, trace::KindSet stop_kinds);

  /// Until the instruction behind a call is reached in the same address space and frame.
  Stop run_to_return(const cpu::State& before, Gva behind, u64 limit);
  /// One instruction of a program, with what the kernel does about its faults.
  Stop step_in_user_mode(const cpu::State& before, u64 limit);

  Stop step_lines(Grain grain);
  bool step_lines_back(Grain grain);  // now stays what it is when there is nothing to go back to
  /// travel_to_time() in the middle of a Replay.
  void travel_again(u64 time);
  /// One more place to stop at besides breakpoints; while travelling the only one.
  void pass_at(Gva place);
  void pass_nowhere();

  // --- breakpoints ---
  /// The moment as expressions see it; good until time passes.
  Scope scope() const;
  std::optional<u64> address_of(const Location& location) const;
  /// After a change of breakpoints.
  void plan_stops();
  /// Finds out where programs that can be loaded anywhere are.
  void bind_places();
  void arm(bool on);
  trace::KindSet kinds_to_stop_for() const;
  /// Notes in `hit` which breakpoints are true of this moment.
  void look_for_hits(const Scope& moment);
  void look_for_hits_of(const trace::Event& event);
  /// After a piece of time that ended with `stop`; `were_true` are the ones that look at every instruction.
  bool stopped_at_breakpoint(machine::MachineStop stop, const std::vector<u32>& were_true);
  std::vector<u32> true_of_every_instruction() const;

  // --- searching backwards (search.cpp) ---
  struct Found {
    u64 time = 0;  // of the stop
    BreakpointHit hit;
  };
  /// The last stop of `wanted` in (from the entry point, `until`): where it is true at a time below, or
  /// for accesses up to, `until`. Now is somewhere afterwards.
  std::optional<Found> find_last_stop(std::vector<Breakpoint> wanted, u64 until, AccessSide side);
  /// The last instruction before now that left another value in a register, seen from the context
  /// (process and privilege) of now; the time after it.
  std::optional<u64> find_last_change(RegisterName name);
  /// Calls step(time) after each instruction of the recording in (from, until].
  template <typename Step>
  void replay_by_instructions(u64 until, Step step);
  std::optional<u64> last_poke(const std::vector<mem::WatchRange>& ranges, u64 until) const;
  void go_to(u64 time, AccessSide side);

  Result<Location> locate(std::string_view name) const;
  /// All places of "file.c:12", of the first image that has any.
  std::vector<Location> locate_line(std::string_view file_and_line) const;
  std::string process_name() const;

  /// Of the root archives or the kernel; empty when there is none.
  std::span<const u8> file(std::string_view path) const;
  inspect::Guest guest() const {
    return {machine->ram(), static_cast<const machine::Machine&>(*machine).cpu().state(), machine->introspect_header()};
  }
  /// Of the address space the processor is in.
  inspect::Symbolizer symbolizer() const;
};

}  // namespace lucid::session
