// SPDX-License-Identifier: MIT
// From options to a machine that will run the program: kernel, archives, memory size.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/cli/options.h"
#include "core/session/overlay.h"
#include "core/session/session.h"

namespace lucid::cli {

struct GuestSetup {
  std::unique_ptr<session::Session> session;
  std::vector<std::string> notes;  // for standard error
};

/// What the machine would be given, for a disk to boot it from.
struct GuestFiles {
  std::vector<u8> kernel, root;
  std::vector<std::string> notes;
};
Result<GuestFiles, Failure> gather_guest_files(const FileOptions& options, session::Connection connection);

Result<GuestSetup, Failure> set_up_guest(const RunOptions& options, session::Connection connection);

}  // namespace lucid::cli
