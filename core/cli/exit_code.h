// SPDX-License-Identifier: MIT
// What lucid86 exits with when it is not the guest program's own status (0..255, 128+n for signal n).
#pragma once
#include <string>

namespace lucid::cli {

enum ExitCode : int {
  exit_usage = 64,          // a wrong option or value
  exit_bad_input = 66,      // a file that cannot be read or is not what it must be
  exit_machine = 70,        // the machine itself stopped: kernel panic, triple fault, nothing left to wait for
  exit_host = 74,           // the host could not write an output file
  exit_limit = 124,         // --max-insns, as timeout(1)
  exit_not_runnable = 126,  // PROGRAM is there but cannot run, as shells say it
  exit_not_found = 127,     // PROGRAM is nowhere, as shells say it
  exit_broken_pipe = 141,   // whoever read our standard output is gone: 128 + SIGPIPE
};

/// A failure: the code to exit with and one line for a person.
struct Failure {
  ExitCode code = exit_usage;
  std::string message;
};

}  // namespace lucid::cli
