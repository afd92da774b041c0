// SPDX-License-Identifier: MIT
// The calls that led to the present instruction, by frame pointers: kernel and samples keep them
// (-fno-omit-frame-pointer), and so do other programs compiled so. Where a function has not set up its
// frame yet, or has given it up, its own code tells where the return address is.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/inspect/disassembly.h"

namespace lucid::inspect {

/// Where the caller's stack begins (DWARF's canonical frame address; the return address lies below it):
/// RSP or RBP plus an offset.
struct FrameRule {
  bool from_rbp = false;
  u64 offset = 8;
  bool rbp_saved = false;  // RBP of the caller lies 16 below the frame address
  friend bool operator==(const FrameRule&, const FrameRule&) = default;
};

/// Before the instruction at `offset` of a function. `code` is its code from the start on and a few
/// bytes beyond the place. Nothing when the function keeps no frame pointer.
std::optional<FrameRule> frame_rule(std::span<const u8> code, u64 offset);

/// Innermost first, at most `most`. `memory` reads the present address space.
std::vector<StackFrame> backtrace(const Guest& guest, const CodeMemory& memory, const Symbolizer& symbols,
                                  unsigned most);

}  // namespace lucid::inspect
