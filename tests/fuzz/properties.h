// SPDX-License-Identifier: MIT
// What must hold of every run, whatever the code: it is the same however it is cut up, repeated,
// resumed or looked at.
#pragma once
#include <array>
#include <string>

#include "tests/fuzz/world.h"

namespace lucid::fuzz {

struct Case {
  Kind kind = Kind::user64;
  u64 seed = 0;
  u64 instructions = 0;
};

/// How a case ended.
struct Ending {
  machine::MachineStop stop = machine::MachineStop::limit;
  u64 retired = 0;
  u64 state_hash = 0;  // 0 = not asked for
  u64 log_hash = 0;
};

/// Two machines that serve case after case, and what a machine is before its first one.
class Bench {
 public:
  Bench();

  /// Runs a case in one go.
  Ending run(const Case& c, bool hashed);
  /// Runs it in all the other ways; "" or how one of them differs.
  std::string check(const Case& c);
  const trace::EventLog& log() { return first_.log(); }

 private:
  /// A machine as it starts a case: without and with a running timer.
  using Starts = std::array<std::shared_ptr<const machine::Snapshot>, 2>;
  static Starts starts_of(machine::Machine& machine);
  static void prepare(machine::Machine& machine, const Starts& starts, const Case& c);

  machine::Machine first_{memory_bytes}, second_{memory_bytes};
  Starts first_starts_, second_starts_;
};

}  // namespace lucid::fuzz
