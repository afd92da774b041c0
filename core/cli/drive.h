// SPDX-License-Identifier: MIT
// What the commands share: a session driven to its end, its events written on the way, the reason
// and the figures told afterwards.
#pragma once
#include <memory>
#include <optional>

#include "core/cli/exit_code.h"
#include "core/cli/options.h"
#include "core/cli/output_file.h"
#include "core/cli/stops.h"
#include "core/session/overlay.h"
#include "core/session/session.h"

namespace lucid::cli {

/// One line on standard error; returns the exit code.
int complain(const Failure& failure);

/// The files that the options ask for, open.
struct Reports {
  std::unique_ptr<OutputFile> events, trace, strace, record;  // null = not wanted

  std::optional<Failure> open(const ReportOptions& options);
  std::optional<Failure> open(const StraceOptions& options);
  std::optional<Failure> open_record(const std::string& path);
};

struct Drive {
  session::Connection connection = session::Connection::raw;
  Stops* stops = nullptr;  // null = none were asked for
  std::optional<u16> gdb_port = {};
  std::string gdb_focus = {};  // see gdb::Server
  bool recorded = false;       // only what was recorded is given to the machine
  /// From the value that the guest powered off with.
  int (*exit_code)(int status) = [](int status) { return status; };
};

/// Returns the exit code; what ended the run otherwise than by powering off is said on standard error.
int drive_to_end(session::Session& session, const ReportOptions& options, const Reports& reports, const Drive& drive);

}  // namespace lucid::cli
