// SPDX-License-Identifier: MIT
// `lucid86 run`: boots, connects the serial lines to standard input, output and error, and lets
// time pass until the machine powers off.
#pragma once
#include <string>
#include <vector>

namespace lucid::cli {

/// Arguments after the word "run"; returns the exit code.
int run_command(const std::vector<std::string>& arguments);

}  // namespace lucid::cli
