// SPDX-License-Identifier: MIT
// How large the host's terminal is: the guest's gets the same size.
#pragma once
#include <optional>

#include "core/session/command.h"

namespace lucid::cli {

/// One at a time. From its beginning on SIGWINCH ends a HostInput::wait(), and nothing else.
class WindowSize {
 public:
  WindowSize();
  /// At first and after each change; nothing when standard input and output are not both a terminal that has a size.
  std::optional<session::ConsoleSize> take();
};

}  // namespace lucid::cli
