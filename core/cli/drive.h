// SPDX-License-Identifier: MIT
// What the commands share: a session driven to its end, its events written on the way, the reason
// and the figures told afterwards.
#pragma once
#include <memory>
#include <optional>

#include "core/cli/exit_code.h"
#include "core/cli/options.h"
#include "core/cli/output_file.h"
#include "core/session/overlay.h"
#include "core/session/session.h"

namespace lucid::cli {

/// One line on standard error; returns the exit code.
int complain(const Failure& failure);

/// Opens a file named by an option; "" = not asked for.
std::optional<Failure> open_output(const std::string& option, const std::string& path,
                                   std::unique_ptr<OutputFile>& file);

struct Drive {
  session::Connection connection = session::Connection::raw;
  OutputFile* events = nullptr;  // null = not wanted
  OutputFile* strace = nullptr;
  /// From the value that the guest powered off with.
  int (*exit_code)(int status) = [](int status) { return status; };
};

/// Returns the exit code; what ended the run otherwise than by powering off is said on standard error.
int drive_to_end(session::Session& session, const MachineOptions& options, const Drive& drive);

}  // namespace lucid::cli
