// SPDX-License-Identifier: MIT
// Chooses events by an expression (expression.h): kinds, arguments, pid, time and instruction, as
// `event exec || syscall openat return && result < 0`, `pid == 3 && time < 500000`,
// `address >= 0x400000 && address < 0x500000`. Registers and memory are no part of events.
#pragma once
#include <string_view>

#include "core/session/expression.h"
#include "core/session/timeline.h"

namespace lucid::session {

class EventFilter {
 public:
  static Result<EventFilter, ExpressionError> parse(std::string_view text, const Places& places);

  /// To be shown every event of a run in order, since returns are known by their calls.
  bool wants(const trace::Event& event);

 private:
  explicit EventFilter(Expression expression) : expression_(std::move(expression)) {}

  Expression expression_;
  OpenCalls open_calls_;
};

}  // namespace lucid::session
