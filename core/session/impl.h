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
#include "core/session/session.h"

namespace lucid::session {

/// What one serial line sent: the newest bytes, and how many there were in all.
struct OutputCapture {
  static constexpr u64 kept = 1 << 20;
  std::string newest;
  u64 total = 0;

  void append(const std::string& bytes);
};

struct Session::Impl {
  // Given once; a reset starts again from these.
  u64 memory_bytes = 0;
  std::vector<u8> kernel;
  std::vector<u8> initrd;  // all archives one after the other
  std::string command_line;
  std::unique_ptr<inspect::Images> images;  // points into kernel and initrd

  // The run.
  std::unique_ptr<machine::Machine> machine;
  std::vector<Command> pending;
  std::vector<StampedCommand> applied;
  std::array<OutputCapture, 2> output;
  u64 events_seen = 0;
  Stats stats;
  inspect::Strace strace;
  Stop last_stop = Stop::limit;
  bool over = false;

  // What the user wants to see; survives a reset.
  std::vector<Gva> breakpoints;  // sorted
  bool observed = false;
  bool strace_on = false;
  EventSink sink;
  u64 revision = 0;
  std::map<u32, u32> colours;  // by pid, as processes() last gave them

  Result<bool> boot();
  void apply_pending();
  /// Reads the events and output since the last call; true when one of `kinds` was among them.
  bool drain(trace::KindSet kinds);
  void count(const trace::Event& event);
  Stop run(u64 instruction_limit, u64 time_limit, trace::KindSet stop_kinds);
  Stop ended(machine::MachineStop stop);
  /// Until the instruction behind a call is reached in the same address space and frame.
  Stop run_to_return(const cpu::State& before, Gva behind, u64 limit);
  /// One instruction of a program, with what the kernel does about its faults.
  Stop step_in_user_mode(const cpu::State& before, u64 limit);
  void set_breakpoints(const std::vector<Gva>& addresses);

  inspect::Guest guest() const {
    return {machine->ram(), static_cast<const machine::Machine&>(*machine).cpu().state(), machine->introspect_header()};
  }
  /// Of the address space the processor is in.
  inspect::Symbolizer symbolizer() const;
};

}  // namespace lucid::session
