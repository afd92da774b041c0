// SPDX-License-Identifier: MIT
#include "core/session/event_filter.h"

#include "core/session/evaluate.h"
#include "core/session/event_names.h"

namespace lucid::session {
namespace {

using trace::Kind;

/// What cannot be known of an event alone.
const char* problem_with(const Expression& expression, u32 index) {
  const Node& node = expression.node(index);
  switch (node.term) {
    case Term::memory:
    case Term::touches:
      return "memory is no part of an event";
    case Term::process:
      return "events have no names of processes: pid == N";
    case Term::register_value:
      return is_event_argument(node.name) ? nullptr : "this register is no part of an event";
    default:
      return nullptr;
  }
}

/// A place that stands where something true or false is expected.
bool is_lone_place(const Expression& expression, u32 index) {
  const Node& node = expression.node(index);
  if (node.term == Term::both || node.term == Term::either)
    return is_lone_place(expression, node.left) || is_lone_place(expression, node.right);
  if (node.term == Term::is_zero) return is_lone_place(expression, node.left);
  return is_constant(expression, index) && place_node(expression, index).has_value();
}

}  // namespace

Result<EventFilter, ExpressionError> EventFilter::parse(std::string_view text, const Places& places) {
  auto parsed = parse_expression(text, places);
  if (!parsed) return parsed.error();
  const Expression& expression = parsed.value();
  for (u32 i = 0; i < expression.nodes.size(); ++i) {
    const Node& node = expression.node(i);
    if (const char* problem = problem_with(expression, i)) return ExpressionError{problem, node.at, node.length};
  }
  if (is_lone_place(expression, expression.root))
    return ExpressionError{"expected a condition on events, as: event fork, pid == 3, time < 500000", 0, text.size()};
  return EventFilter(parsed.take());
}

bool EventFilter::wants(const trace::Event& event) {
  Scope moment;
  moment.pid = event.pid;
  moment.time = event.time;
  moment.instruction = event.instruction;
  moment.event = &event;
  if (event.kind == Kind::syscall_entered) open_calls_[event.pid] = event.args[0];
  if (event.kind == Kind::returned_to_user) {
    if (const auto call = open_calls_.find(event.pid); call != open_calls_.end()) moment.returned_from = call->second;
    open_calls_.erase(event.pid);
  }
  return holds(expression_, moment);
}

}  // namespace lucid::session
