// SPDX-License-Identifier: MIT
// What stops a run: expressions, and what the machine must look for so that no moment at which one
// of them is true passes unseen. They belong to the reader, not to the run: nothing in the machine
// changes by them, and they survive a reset.
#pragma once
#include <string>
#include <vector>

#include "core/session/evaluate.h"

namespace lucid::session {

struct Breakpoint {
  u32 id = 0;  // from 1, never used again
  Expression expression;
  bool enabled = true;
  u64 hits = 0;  // while time passed, not while it was gone through again by a seek
};

/// For panels.
struct BreakpointView {
  u32 id = 0;
  std::string text;
  bool enabled = true;
  u64 hits = 0;
  std::vector<Gva> places;  // instructions, where its programs are loaded now
  bool memory = false;      // waits for accesses
  bool every = false;       // looks at every instruction: slow
  bool event = false;       // waits for something to be logged
  std::string program;      // of the first place; "" = the kernel, or an address in any
};

/// Why a run stopped at a breakpoint.
struct BreakpointHit {
  std::vector<u32> ids;  // the breakpoints that were true; empty = none was
  std::vector<cpu::WatchHit> accesses;
  bool has_event = false;
  trace::Event event;
};

/// What must be looked for.
struct StopPlan {
  std::vector<Location> places;
  std::vector<mem::WatchRange> ranges;
  trace::KindSet kinds;
  bool every = false;  // the state after each instruction
  bool moves = false;  // some place lies in a program that can be loaded anywhere

  bool empty() const { return places.empty() && ranges.empty() && kinds.empty() && !every; }
  void add(const Expression& expression);
};

/// Ranges whose bounds depend on registers or memory are fixed at what they are now. The error points
/// to one that has no value now, or is empty.
Result<Expression, ExpressionError> with_fixed_ranges(Expression expression, const Scope& now);

}  // namespace lucid::session
