// SPDX-License-Identifier: MIT
// The host's terminal in raw mode, and back again whatever happens.
#pragma once

namespace lucid::cli {

/// Restores the terminal at the end of its life, at exit() and on signals that end the process.
/// One at a time.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
};

}  // namespace lucid::cli
