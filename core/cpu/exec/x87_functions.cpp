// SPDX-License-Identifier: MIT
// x87 functions of ST(0), or of ST(0) and ST(1).
#include "core/cpu/exec/x87_frame.h"
#include "core/cpu/fp/transcendental.h"

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

Flow f2xm1(Core& c, const MicroOp& op) {
  return unary<Precision::full>(c, op, [](const Unpacked& a, Env& env) { return fp::exp2_minus_1(a, env); });
}

namespace {

/// ST(1) = function(ST(0), ST(1)), pop.
template <Unpacked (*function)(const Unpacked&, const Unpacked&, Env&)>
Flow binary_pop(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  const X87Operand a = x87_register(x, 0), b = x87_register(x, 1);
  F80 result = fp::indefinite_bits();
  bool delivered = false;
  if (a.empty || b.empty) {
    delivered = fp::stack_fault(x, fp::StackFault::underflow);
  } else {
    Env env = x87_full_env(x);
    result = fp::pack<fp::Extended>(function(a.value, b.value, env), env);
    delivered = fp::conclude(x, env);
  }
  if (delivered) {
    x87_set(x, 1, result);
    fp::pop(x);
  }
  return x87_done(c, op);
}

Unpacked angle_of(const Unpacked& x, const Unpacked& y, Env& env) { return fp::arctangent(y, x, env); }

using Trigonometric = Unpacked (*)(const Unpacked&, Env&);

/// ST(0) = function(ST(0)), then pushes second(ST(0) as it was), if there is a second. C2: argument out of range.
template <Trigonometric function>
Flow trigonometric(Core& c, const MicroOp& op, Trigonometric second = nullptr) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  const X87Operand a = x87_register(x, 0);
  fp::set_conditions(x, fp::x87::c2, 0);
  const bool no_room = second != nullptr && x87_full(x);
  if (a.empty || no_room) {
    if (fp::stack_fault(x, a.empty ? fp::StackFault::underflow : fp::StackFault::overflow)) {
      x87_set(x, 0, fp::indefinite_bits());
      if (second) x87_push(x, fp::indefinite_bits());
    }
    return x87_done(c, op);
  }
  if (fp::out_of_range(a.value)) {
    fp::set_conditions(x, fp::x87::c1 | fp::x87::c2, fp::x87::c2);
    return x87_done(c, op);
  }
  Env env = x87_full_env(x);
  const F80 first_result = fp::pack<fp::Extended>(function(a.value, env), env);
  const F80 second_result = second ? fp::pack<fp::Extended>(second(a.value, env), env) : F80{};
  if (fp::conclude(x, env)) {
    x87_set(x, 0, first_result);
    if (second) x87_push(x, second_result);
  }
  return x87_done(c, op);
}

/// What FPTAN pushes: 1, or the NaN that its operand gave.
Unpacked one_after_tangent(const Unpacked& a, Env& env) {
  if (a.is_nan()) return fp::propagate_nan(a, env);
  return a.kind == fp::Kind::infinity ? fp::indefinite() : fp::from_integer(1);
}

}  // namespace

Flow fyl2x(Core& c, const MicroOp& op) { return binary_pop<fp::y_log2_x>(c, op); }
Flow fyl2xp1(Core& c, const MicroOp& op) { return binary_pop<fp::y_log2_x_plus_1>(c, op); }
Flow fpatan(Core& c, const MicroOp& op) { return binary_pop<angle_of>(c, op); }
Flow fsin(Core& c, const MicroOp& op) { return trigonometric<fp::sine>(c, op); }
Flow fcos(Core& c, const MicroOp& op) { return trigonometric<fp::cosine>(c, op); }
Flow fsincos(Core& c, const MicroOp& op) { return trigonometric<fp::sine>(c, op, fp::cosine); }
Flow fptan(Core& c, const MicroOp& op) { return trigonometric<fp::tangent>(c, op, one_after_tangent); }

}  // namespace lucid::cpu::exec
