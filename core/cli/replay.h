// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace lucid::cli {

/// `lucid86 replay`: the arguments after that word; returns the exit code.
int replay_command(const std::vector<std::string>& arguments);

}  // namespace lucid::cli
