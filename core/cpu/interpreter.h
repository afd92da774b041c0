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

/// In wasm a function of its own: wasm-opt merges a function with one caller into it, and what never
/// returns is never replaced by optimised code. It leaves alone what is exported.
#if defined(__wasm__)
#define LUCID_OWN_FUNCTION(name) __attribute__((noinline, export_name(name)))
#else
#define LUCID_OWN_FUNCTION(name) __attribute__((noinline))
#endif

/// Executes blocks, beginning with `block`, until the budget is used up or something happens.
/// On return Core::rip and Core::budget are exact.
LUCID_OWN_FUNCTION("lucid_execute") Leave execute(Core& c, Block* block);

}  // namespace lucid::cpu
