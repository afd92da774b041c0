// SPDX-License-Identifier: MIT
// --break, --until and --dump: where the run stops, and what is told there.
#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/cli/options.h"
#include "core/cli/output_file.h"
#include "core/session/session.h"

namespace lucid::cli {

class Stops {
 public:
  /// Sets the breakpoints of a session. A failure points at the token that is wrong.
  static Result<std::unique_ptr<Stops>, Failure> set(session::Session& session, const StopOptions& options);

  /// At Stop::breakpoint: tells what was asked for. True = the run ends here.
  bool reached(const session::Session& session);

 private:
  explicit Stops(OutputFile out) : out_(std::move(out)) {}

  OutputFile out_;
  std::vector<std::string> dumps_;
  std::set<u32> ends_;  // breakpoints that end the run
};

}  // namespace lucid::cli
