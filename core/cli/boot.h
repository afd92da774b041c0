// SPDX-License-Identifier: MIT
// `lucid86 boot`: a kernel of somebody else's on our machine, its serial lines on standard input,
// output and error.
#pragma once
#include <string>
#include <vector>

namespace lucid::cli {

/// Arguments after the word "boot"; returns the exit code.
int boot_command(const std::vector<std::string>& arguments);

}  // namespace lucid::cli
