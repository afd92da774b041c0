// SPDX-License-Identifier: MIT
// lucid86 make-disk: a disk image that boots.
#pragma once
#include <string>
#include <vector>

namespace lucid::cli {

int make_disk_command(const std::vector<std::string>& arguments);

}  // namespace lucid::cli
