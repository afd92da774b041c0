// SPDX-License-Identifier: MIT
#include "core/session/evaluate.h"

#include <algorithm>

#include "core/cpu/cpu.h"

namespace lucid::session {
namespace {

using Result = std::optional<Value>;

Result boolean(bool value) { return Value{value, true}; }

u64 sign_extended(u64 value, unsigned bits) {
  return bits == 64 ? value : static_cast<u64>(static_cast<i64>(value << (64 - bits)) >> (64 - bits));
}

/// Two's complement; nothing for a division by zero.
Result arithmetic(Term term, Value a, Value b) {
  const bool is_signed = a.is_signed && b.is_signed;
  const i64 sa = static_cast<i64>(a.bits), sb = static_cast<i64>(b.bits);
  const bool minus_one = is_signed && sb == -1;  // the one quotient that does not fit
  const bool before = is_signed ? sa < sb : a.bits < b.bits;
  switch (term) {
    case Term::multiply:
      return Value{a.bits * b.bits, is_signed};
    case Term::divide:
      if (b.bits == 0) return std::nullopt;
      if (minus_one) return Value{u64{0} - a.bits, true};
      return Value{is_signed ? static_cast<u64>(sa / sb) : a.bits / b.bits, is_signed};
    case Term::modulo:
      if (b.bits == 0) return std::nullopt;
      if (minus_one) return Value{0, true};
      return Value{is_signed ? static_cast<u64>(sa % sb) : a.bits % b.bits, is_signed};
    case Term::add:
      return Value{a.bits + b.bits, is_signed};
    case Term::subtract:
      return Value{a.bits - b.bits, is_signed};
    case Term::shift_left:
      return Value{b.bits < 64 ? a.bits << b.bits : 0, a.is_signed};
    case Term::shift_right:
      if (a.is_signed) return Value{static_cast<u64>(sa >> std::min<u64>(b.bits, 63)), true};
      return Value{b.bits < 64 ? a.bits >> b.bits : 0, false};
    case Term::bit_and:
      return Value{a.bits & b.bits, is_signed};
    case Term::bit_xor:
      return Value{a.bits ^ b.bits, is_signed};
    case Term::bit_or:
      return Value{a.bits | b.bits, is_signed};
    case Term::equal:
      return boolean(a.bits == b.bits);
    case Term::unequal:
      return boolean(a.bits != b.bits);
    case Term::less:
      return boolean(before);
    case Term::less_equal:
      return boolean(before || a.bits == b.bits);
    case Term::greater:
      return boolean(!before && a.bits != b.bits);
    case Term::greater_equal:
      return boolean(!before);
    default:
      return std::nullopt;
  }
}

class Evaluator {
 public:
  Evaluator(const Expression& expression, const Scope& scope) : e_(expression), scope_(scope) {}

  bool truth(u32 index) const {
    const Node& node = e_.node(index);
    if (const auto place = place_node(e_, index)) return at(*place);
    if (node.term == Term::both) return truth(node.left) && truth(node.right);
    if (node.term == Term::either) return truth(node.left) || truth(node.right);
    if (node.term == Term::is_zero) return !truth(node.left);
    const auto result = value(index);
    return result && result->bits != 0;
  }

  Result value(u32 index) const {
    const Node& node = e_.node(index);
    switch (node.term) {
      case Term::number:
        return Value{node.value, node.is_signed};
      case Term::place:
        if (const auto address = scope_.address_of ? scope_.address_of(node.location) : node.location.address)
          return Value{*address, false};
        return std::nullopt;
      case Term::register_value:
        return register_value(node);
      case Term::variable:
        return variable(node);
      case Term::memory:
        return memory(node);
      case Term::process:
        return boolean(scope_.process_name && scope_.process_name() == node.name);
      case Term::touches:
        return boolean(touched(node));
      case Term::happens:
        return boolean(happened(node));
      case Term::both:
      case Term::either:
      case Term::is_zero:
        return boolean(truth(index));
      case Term::negate:
      case Term::invert: {
        auto operand = value(node.left);
        if (operand) operand->bits = node.term == Term::negate ? u64{0} - operand->bits : ~operand->bits;
        return operand;
      }
      default:
        break;
    }
    const auto left = value(node.left), right = value(node.right);
    if (!left || !right) return std::nullopt;
    return arithmetic(node.term, *left, *right);
  }

 private:
  bool at(u32 index) const {
    if (!scope_.cpu || !scope_.arrived) return false;
    const Location place = place_of(e_, index);
    if (!place.moves && place.address != scope_.cpu->rip) return false;
    return place.image.empty() || (scope_.address_of && scope_.address_of(place) == scope_.cpu->rip);
  }

  Result register_value(const Node& node) const {
    if (const auto argument = event_argument(node.name)) return argument;
    if (!scope_.cpu) return std::nullopt;
    const u64 bits = session::value_of(*scope_.cpu, node.reg);
    return Value{node.is_signed ? sign_extended(bits, node.reg.bits) : bits, node.is_signed};
  }

  Result event_argument(std::string_view name) const {
    if (!scope_.event) return std::nullopt;
    const auto& names = trace::info(scope_.event->kind).arg_names;
    for (unsigned i = 0; i < 7; ++i) {
      if (*names[i] && name == names[i]) return Value{scope_.event->args[i], false};
    }
    return std::nullopt;
  }

  Result variable(const Node& node) const {
    if (node.name == "result") {
      const auto rax = scope_.returned_from ? event_argument("rax") : std::nullopt;
      return rax ? Result(Value{rax->bits, true}) : std::nullopt;
    }
    if (const auto argument = event_argument(node.name)) return argument;
    if (node.name == "pid") return Value{scope_.pid, true};
    if (node.name == "time") return Value{scope_.time, true};
    if (node.name == "instruction") return Value{scope_.instruction, true};
    if (node.name == "cpl" && (scope_.cpu || scope_.event))
      return Value{scope_.cpu ? scope_.cpu->cpl() : scope_.event->cpl, true};
    if (!scope_.accesses.empty() && node.name == "address") return Value{scope_.accesses[0].at.value, false};
    if (!scope_.accesses.empty() && node.name == "size") return Value{scope_.accesses[0].bytes, true};
    return std::nullopt;
  }

  Result memory(const Node& node) const {
    const auto address = value(node.left);
    if (!address) return std::nullopt;
    u64 bits = 0;
    const bool there = node.physical ? scope_.read_physical && scope_.read_physical({address->bits}, &bits, node.bytes)
                                     : scope_.read && scope_.read({address->bits}, &bits, node.bytes);
    if (!there) return std::nullopt;
    return Value{node.is_signed ? sign_extended(bits, node.bytes * 8u) : bits, node.is_signed};
  }

  bool touched(const Node& node) const {
    const auto first = scope_.accesses.empty() ? std::nullopt : value(node.left);
    if (!first) return false;
    if (!node.location.image.empty() && !(scope_.address_of && scope_.address_of(node.location))) return false;
    const mem::WatchRange range{node.physical ? mem::WatchRange::Space::physical : mem::WatchRange::Space::linear,
                                node.reads, node.writes, first->bits, node.value};
    return std::any_of(scope_.accesses.begin(), scope_.accesses.end(), [&](const cpu::WatchHit& hit) {
      return range.wants(hit.access) && range.meets(node.physical ? hit.physical.value : hit.at.value, hit.bytes) &&
             (node.physical || hit.at.value != 0 || hit.physical.value == 0);
    });
  }

  bool happened(const Node& node) const {
    if (!scope_.event || !node.kinds.contains(scope_.event->kind)) return false;
    if (node.of_syscall) return scope_.returned_from && (node.arg < 0 || *scope_.returned_from == node.arg_value);
    return node.arg < 0 || scope_.event->args[node.arg] == node.arg_value;
  }

  const Expression& e_;
  const Scope& scope_;
};

const Node* first_place(const Expression& expression, u32 index) {
  if (index == Node::none) return nullptr;
  const Node& node = expression.node(index);
  if (node.term == Term::place) return &node;
  const Node* left = first_place(expression, node.left);
  return left ? left : first_place(expression, node.right);
}

}  // namespace

std::optional<Value> value_of(const Expression& expression, u32 node, const Scope& scope) {
  return Evaluator(expression, scope).value(node);
}

bool holds(const Expression& expression, const Scope& scope) {
  return Evaluator(expression, scope).truth(expression.root);
}

bool is_constant(const Expression& expression, u32 index) {
  const Node& node = expression.node(index);
  switch (node.term) {
    case Term::number:
    case Term::place:
      return true;
    case Term::register_value:
    case Term::variable:
    case Term::memory:
    case Term::process:
    case Term::touches:
    case Term::happens:
    case Term::both:
    case Term::either:
      return false;
    default:
      return is_constant(expression, node.left) && (node.right == Node::none || is_constant(expression, node.right));
  }
}

std::optional<u32> place_node(const Expression& expression, u32 index) {
  const Node& node = expression.node(index);
  const bool compares = node.term >= Term::less && node.term <= Term::unequal;
  if (is_constant(expression, index) && !compares && node.term != Term::is_zero) return index;
  if (node.term != Term::equal) return std::nullopt;
  const auto is_rip = [&](u32 side) {
    const Node& each = expression.node(side);
    return each.term == Term::register_value && each.reg.kind == RegisterName::Kind::rip && each.reg.bits == 64;
  };
  if (is_rip(node.left) && is_constant(expression, node.right)) return node.right;
  if (is_rip(node.right) && is_constant(expression, node.left)) return node.left;
  return std::nullopt;
}

Location place_of(const Expression& expression, u32 index) {
  Location location;
  if (const Node* symbol = first_place(expression, index)) location = symbol->location;
  if (const auto value = value_of(expression, index, Scope{})) location.address = value->bits;
  return location;
}

}  // namespace lucid::session
