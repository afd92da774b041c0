// SPDX-License-Identifier: MIT
// The disk that the options ask for.
#pragma once
#include <vector>

#include "core/cli/options.h"
#include "core/session/session.h"

namespace lucid::cli {

/// The first bytes of a disk; must live until the session is made.
struct DiskSetup {
  std::vector<u8> bytes;
  void put_into(session::Config& config) const;
  u64 size = 0;
};

/// From --disk and --swap; empty without either. The error names the file.
Result<DiskSetup, Failure> set_up_disk(const MachineOptions& options);

}  // namespace lucid::cli
