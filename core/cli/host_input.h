// SPDX-License-Identifier: MIT
// Standard input as the guest's serial line gets it.
#pragma once
#include <string>
#include <vector>

#include "core/base/types.h"

namespace lucid::cli {

class HostInput {
 public:
  bool open() const { return open_; }
  /// Waits up to `milliseconds` (-1 = for ever) for bytes or the end; true when there is something. The window's change
  /// of size ends it (WindowSize).
  bool wait(int milliseconds) const;
  /// What is there now, at most `limit` bytes; nothing at the end of the file: open() is false then.
  std::vector<u8> take(size_t limit);

 private:
  bool open_ = true;
};

}  // namespace lucid::cli
