// SPDX-License-Identifier: MIT
// One run of the machine for scripts/bench: the same code natively, in node and in a page. A run
// is a kernel file alone (a program for the bare board), or our kernel with archives and a program.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/session/session.h"

namespace lucid::bench {

struct Job {
  std::vector<u8> kernel;
  std::vector<std::vector<u8>> archives;  // cpio; none for a program on the bare board
  std::vector<std::string> program;       // argv; empty with archives = an interactive shell
  bool observed = false;                  // an event for each instruction
};

class Run {
 public:
  /// Everything loaded, nothing executed. A failure is one line for a person.
  static Result<std::unique_ptr<Run>> start(const Job& job);

  /// Executes about `instructions` more; false when the run is over or waits for input.
  bool advance(u64 instructions);

  /// {"instructions":…,…,"status":…,"output":"…"}; status -1 = waiting for input, -2 = the machine died.
  std::string report() const;

 private:
  std::unique_ptr<session::Session> session_;
  session::Stop stop_ = session::Stop::limit;
};

}  // namespace lucid::bench
