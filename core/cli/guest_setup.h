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

Result<GuestSetup, Failure> set_up_guest(const RunOptions& options, session::Connection connection);

}  // namespace lucid::cli
