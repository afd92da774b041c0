// SPDX-License-Identifier: MIT
// The disk that the options ask for.
#pragma once
#include <vector>

#include "core/cli/options.h"
#include "core/session/disk_image.h"
#include "core/session/session.h"

namespace lucid::cli {

/// From --disk and --swap, with a partition for the archives of `root` if there are any: that of a file cannot have
/// one. Size 0 without all that. The error names the file.
Result<session::DiskImage, Failure> set_up_disk(const MachineOptions& options,
                                                const std::vector<std::span<const u8>>& root = {});

/// The image must live until the session is made.
void put_into(session::Config& config, const session::DiskImage& disk);

}  // namespace lucid::cli
