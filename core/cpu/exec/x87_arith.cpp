// SPDX-License-Identifier: MIT
// x87 arithmetic of two operands, comparisons.
#include "core/cpu/exec/x87_frame.h"

namespace lucid::cpu::exec {

using fp::Unpacked;

namespace {

using Operation = Unpacked (*)(const Unpacked&, const Unpacked&, fp::Env&);
enum class Operands : u8 { as_given, reversed };

template <Operation operation, Operands order>
Flow arithmetic(Core& c, const MicroOp& op) {
  X87Operand b;
  if (!x87_ready(c) || !x87_source(c, op, b)) return Flow::fault;
  X87& x = c.state.fpu;
  const X87Operand a = x87_register(x, op.dst);
  F80 result = fp::indefinite_bits();
  bool delivered = false;
  if (a.empty || b.empty) {
    delivered = fp::stack_fault(x, fp::StackFault::underflow);
  } else {
    fp::Env env = fp::x87_env(x.control);
    const bool swap = order == Operands::reversed;
    result = fp::pack<fp::Extended>(swap ? operation(b.value, a.value, env) : operation(a.value, b.value, env), env);
    delivered = fp::conclude(x, env);
  }
  if (delivered) {
    x87_set(x, op.dst, result);
    x87_pop(x, x87_pops(op));
  }
  return x87_done(c, op);
}

constexpr u16 condition_codes(fp::Order order) {
  switch (order) {
    case fp::Order::less:
      return fp::x87::c0;
    case fp::Order::equal:
      return fp::x87::c3;
    case fp::Order::unordered:
      return fp::x87::c0 | fp::x87::c2 | fp::x87::c3;
    default:
      return 0;
  }
}

/// Compares and records exceptions. Conditions are set even when an unmasked exception keeps the stack from popping.
bool compare(X87& x, const X87Operand& b, fp::Nans invalid_nans, fp::Order& order) {
  const X87Operand a = x87_register(x, 0);
  if (a.empty || b.empty) {
    order = fp::Order::unordered;
    return fp::stack_fault(x, fp::StackFault::underflow);
  }
  fp::Env env = fp::x87_env(x.control);
  order = fp::compare(a.value, b.value, invalid_nans, env);
  return fp::conclude(x, env);
}

Flow compare_to_conditions(Core& c, const MicroOp& op, const X87Operand& b, fp::Nans invalid_nans) {
  X87& x = c.state.fpu;
  fp::Order order;
  const bool delivered = compare(x, b, invalid_nans, order);
  fp::set_conditions(x, fp::x87::c0 | fp::x87::c2 | fp::x87::c3, condition_codes(order));
  if (delivered) x87_pop(x, x87_pops(op));
  return x87_done(c, op);
}

Flow compare_to_conditions(Core& c, const MicroOp& op, fp::Nans invalid_nans) {
  X87Operand b;
  if (!x87_ready(c) || !x87_source(c, op, b)) return Flow::fault;
  return compare_to_conditions(c, op, b, invalid_nans);
}

Flow compare_to_flags(Core& c, const MicroOp& op, fp::Nans invalid_nans) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  fp::Order order;
  const X87Operand b = x87_register(x, op.src);
  const u16 kept_c1 = b.empty || fp::is_empty(x, 0) ? 0 : x.status & fp::x87::c1;
  const bool delivered = compare(x, b, invalid_nans, order);
  x.status |= kept_c1;
  constexpr u64 flags[] = {flag::cf, flag::zf, 0, flag::zf | flag::pf | flag::cf};  // in the order of fp::Order
  c.flags.load_arithmetic(flags[static_cast<unsigned>(order)]);
  if (delivered) x87_pop(x, x87_pops(op));
  return x87_done(c, op);
}

}  // namespace

// clang-format off
Flow x87_add(Core& c, const MicroOp& op) { return arithmetic<fp::add, Operands::as_given>(c, op); }
Flow x87_multiply(Core& c, const MicroOp& op) { return arithmetic<fp::multiply, Operands::as_given>(c, op); }
Flow x87_subtract(Core& c, const MicroOp& op) { return arithmetic<fp::subtract, Operands::as_given>(c, op); }
Flow x87_subtract_reversed(Core& c, const MicroOp& op) { return arithmetic<fp::subtract, Operands::reversed>(c, op); }
Flow x87_divide(Core& c, const MicroOp& op) { return arithmetic<fp::divide, Operands::as_given>(c, op); }
Flow x87_divide_reversed(Core& c, const MicroOp& op) { return arithmetic<fp::divide, Operands::reversed>(c, op); }
Flow x87_compare(Core& c, const MicroOp& op) { return compare_to_conditions(c, op, fp::Nans::all); }
Flow x87_compare_unordered(Core& c, const MicroOp& op) { return compare_to_conditions(c, op, fp::Nans::only_signalling); }
Flow x87_compare_flags(Core& c, const MicroOp& op) { return compare_to_flags(c, op, fp::Nans::all); }
Flow x87_compare_flags_unordered(Core& c, const MicroOp& op) { return compare_to_flags(c, op, fp::Nans::only_signalling); }
// clang-format on

Flow ftst(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  return compare_to_conditions(c, op, X87Operand{}, fp::Nans::all);
}

Flow fxam(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  using namespace fp::x87;
  X87& x = c.state.fpu;
  const X87Operand a = x87_register(x, 0);
  constexpr u16 of_kind[] = {c3, c2, c2 | c0, c0, c0, 0};  // in the order of fp::Kind
  u16 codes = of_kind[static_cast<unsigned>(a.value.kind)];
  if (a.value.denormal) codes = c3 | c2;
  if (a.empty) codes = c3 | c0;
  fp::set_conditions(x, conditions, codes | (fp::st(x, 0).sign_exponent >> 15 ? c1 : 0));
  return x87_done(c, op);
}

}  // namespace lucid::cpu::exec
