// SPDX-License-Identifier: MIT
#pragma once
#include "core/cpu/block.h"
#include "core/cpu/core.h"

namespace lucid::cpu {

enum class Leave : u8 {
  budget,  // no instruction was due any more
  exit,    // something changed that the run loop must look at
  fault,   // Core::fault is pending at Core::rip
};

/// Executes blocks, beginning with `block`, until the budget is used up or something happens.
/// On return Core::rip and Core::budget are exact.
Leave execute(Core& c, Block* block);

}  // namespace lucid::cpu
