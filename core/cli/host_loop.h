// SPDX-License-Identifier: MIT
// Lets a session's time pass and carries bytes between its serial lines and the host.
#pragma once
#include <optional>

#include "core/cli/gdb_connection.h"
#include "core/cli/host_input.h"
#include "core/cli/options.h"
#include "core/cli/output_file.h"
#include "core/cli/stops.h"
#include "core/gdb/server.h"
#include "core/session/overlay.h"
#include "core/session/session.h"

namespace lucid::cli {

/// Why the loop ended, when not because the machine did.
enum class LoopEnd { machine, limit, nothing_to_wait_for, broken_pipe, quit, recording_end, until };

class HostLoop {
 public:
  /// `strace` and `stops` (null = off) outlive the loop.
  HostLoop(session::Session& session, session::Connection connection, u64 max_instructions, OutputFile* strace,
           Stops* stops);

  LoopEnd run();
  /// As GDB says; nothing once it has gone and the run shall go on without it.
  std::optional<LoopEnd> run_debugged(GdbConnection& connection, gdb::Server& server);
  /// To the end of the session's recording, without input from the host.
  LoopEnd run_recorded();

 private:
  /// One stretch of machine time, not past `until_time`, and what it printed.
  session::Stop slice(u64 until_time);
  void print();
  bool feed();  // what standard input has now; false when it asks to quit
  LoopEnd run_piped();
  LoopEnd run_on_terminal();

  session::Session& session_;
  session::Connection connection_;
  u64 max_instructions_;
  OutputFile* strace_;
  Stops* stops_;
  bool until_reached_ = false;
  OutputFile out_{1}, err_{2};
  HostInput input_;
  u64 printed_[2] = {};
  bool escape_ = false;  // Ctrl-A came
};

}  // namespace lucid::cli
