// SPDX-License-Identifier: MIT
// lucid86 make-disk: a disk image that boots.
#pragma once
#include <string>
#include <vector>

#include "core/cli/options.h"

namespace lucid::cli {

/// The image; tells notes on standard error.
Result<std::vector<u8>, Failure> make_disk_image(const MakeDiskOptions& options);

int make_disk_command(const std::vector<std::string>& arguments);

}  // namespace lucid::cli
