// SPDX-License-Identifier: MIT
// x87 functions of ST(0), or of ST(0) and ST(1).
#include "core/cpu/exec/x87_frame.h"

namespace lucid::cpu::exec {

using fp::Env;
using fp::Unpacked;

namespace {

enum class Precision : u8 { controlled, full };

/// ST(0) = function(ST(0))
template <Precision precision, class Function>
Flow unary(Core& c, const MicroOp& op, Function function) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  const X87Operand a = x87_register(x, 0);
  if (a.empty) {
    if (fp::stack_fault(x, fp::StackFault::underflow)) x87_set(x, 0, fp::indefinite_bits());
    return x87_done(c, op);
  }
  Env env = precision == Precision::full ? x87_full_env(x) : fp::x87_env(x.control);
  const F80 result = fp::pack<fp::Extended>(function(a.value, env), env);
  if (fp::conclude(x, env)) x87_set(x, 0, result);
  return x87_done(c, op);
}

/// ST(0) = function(ST(0), ST(1)), always to 64 bits.
template <class Function>
Flow binary(Core& c, const MicroOp& op, Function function) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  const X87Operand a = x87_register(x, 0), b = x87_register(x, 1);
  if (a.empty || b.empty) {
    if (fp::stack_fault(x, fp::StackFault::underflow)) x87_set(x, 0, fp::indefinite_bits());
    return x87_done(c, op);
  }
  Env env = x87_full_env(x);
  const F80 result = fp::pack<fp::Extended>(function(a.value, b.value, env), env);
  if (fp::conclude(x, env)) x87_set(x, 0, result);
  return x87_done(c, op);
}

/// Without a remainder (invalid, NaN) only C2 says "complete"; C0 and C3 stay.
template <fp::Quotient kind>
Flow remainder(Core& c, const MicroOp& op) {
  using namespace fp::x87;
  fp::Remainder result;
  bool computed = false;
  const Flow flow = binary(c, op, [&](const Unpacked& a, const Unpacked& b, Env& env) {
    result = fp::partial_remainder(a, b, kind, env);
    computed = !result.value.is_nan() && !env.stopped();
    return result.value;
  });
  if (flow != Flow::next) return flow;
  X87& x = c.state.fpu;
  fp::set_conditions(x, c2, computed && !result.complete ? c2 : 0);
  if (!computed) return flow;
  fp::set_conditions(x, c0 | c3, static_cast<u16>((result.quotient & 4 ? c0 : 0) | (result.quotient & 2 ? c3 : 0)));
  if (result.quotient & 1) x.status |= c1;
  return flow;
}

}  // namespace

Flow fsqrt(Core& c, const MicroOp& op) {
  return unary<Precision::controlled>(c, op, [](const Unpacked& a, Env& env) { return fp::square_root(a, env); });
}

Flow frndint(Core& c, const MicroOp& op) {
  return unary<Precision::full>(c, op, [](const Unpacked& a, Env& env) {
    if (a.denormal) env.raise(fp::denormal);
    return env.stopped() ? a : fp::round_to_integral(a, env);
  });
}

Flow fscale(Core& c, const MicroOp& op) {
  return binary(c, op, [](const Unpacked& a, const Unpacked& b, Env& env) { return fp::scale(a, b, env); });
}

Flow fprem(Core& c, const MicroOp& op) { return remainder<fp::Quotient::truncated>(c, op); }
Flow fprem1(Core& c, const MicroOp& op) { return remainder<fp::Quotient::nearest>(c, op); }

Flow fxtract(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  const X87Operand a = x87_register(x, 0);
  if (a.empty || x87_full(x)) {
    const auto which = a.empty ? fp::StackFault::underflow : fp::StackFault::overflow;
    if (fp::stack_fault(x, which)) {
      x87_set(x, 0, fp::indefinite_bits());
      x87_push(x, fp::indefinite_bits());
    }
    return x87_done(c, op);
  }
  Env env = x87_full_env(x);
  const fp::Extracted parts = fp::extract(a.value, env);
  const F80 exponent = fp::pack<fp::Extended>(parts.exponent, env);
  const F80 significand = fp::pack<fp::Extended>(parts.significand, env);
  if (fp::conclude(x, env)) {
    x87_set(x, 0, exponent);
    x87_push(x, significand);
  }
  return x87_done(c, op);
}

}  // namespace lucid::cpu::exec
