// SPDX-License-Identifier: MIT
// lucid86 scene: plays scenes headless, tells their captions and checks their facts.
#pragma once
#include <string>
#include <vector>

namespace lucid::cli {

int scene_command(const std::vector<std::string>& arguments);

}  // namespace lucid::cli
