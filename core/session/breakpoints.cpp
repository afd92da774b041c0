// SPDX-License-Identifier: MIT
#include "core/session/breakpoints.h"

#include <algorithm>

namespace lucid::session {
namespace {

StopPlan plan_of(const Expression& expression, u32 index) {
  StopPlan plan;
  const Node& node = expression.node(index);
  if (const auto place = place_node(expression, index)) {
    plan.places.push_back(place_of(expression, *place));
    plan.moves = plan.places.back().moves;
  } else if (node.term == Term::touches) {
    const auto space = node.physical ? mem::WatchRange::Space::physical : mem::WatchRange::Space::linear;
    plan.ranges.push_back({space, node.reads, node.writes, expression.node(node.left).value, node.value});
  } else if (node.term == Term::happens) {
    plan.kinds = node.kinds;
  } else if (node.term == Term::either || node.term == Term::both) {
    plan = plan_of(expression, node.left);
    StopPlan other = plan_of(expression, node.right);
    if (node.term == Term::both) return plan.every ? other : plan;  // one side true is enough to look at the other
    plan.places.insert(plan.places.end(), other.places.begin(), other.places.end());
    plan.ranges.insert(plan.ranges.end(), other.ranges.begin(), other.ranges.end());
    plan.kinds.bits |= other.kinds.bits;
    plan.every |= other.every;
    plan.moves |= other.moves;
  } else {
    plan.every = true;
  }
  return plan;
}

}  // namespace

void StopPlan::add(const Expression& expression) {
  const StopPlan more = plan_of(expression, expression.root);
  places.insert(places.end(), more.places.begin(), more.places.end());
  ranges.insert(ranges.end(), more.ranges.begin(), more.ranges.end());
  kinds.bits |= more.kinds.bits;
  every |= more.every;
  moves |= more.moves;
}

Result<Expression, ExpressionError> with_fixed_ranges(Expression expression, const Scope& now) {
  for (Node& node : expression.nodes) {
    if (node.term != Term::touches) continue;
    node.location = place_of(expression, node.left);
    const auto error = [&](const char* what) { return ExpressionError{what, node.at, node.length}; };
    const auto first = value_of(expression, node.left, now);
    if (!first) return error("where this begins is not known now: registers or memory it needs are not there");
    if (node.right != Node::none) {
      const auto end = value_of(expression, node.right, now);
      if (!end) return error("where this ends is not known now: registers or memory it needs are not there");
      if (end->bits <= first->bits) return error("this range is empty: it must end above its first byte");
      node.value = end->bits - first->bits;
    }
    if (first->bits != 0) node.value = std::min(node.value, u64{0} - first->bits);
    Node& fixed = expression.nodes[node.left];
    fixed = {};
    fixed.value = first->bits;
    node.right = Node::none;
  }
  return expression;
}

}  // namespace lucid::session
