// SPDX-License-Identifier: MIT
#include "core/cpu/fp/unpacked.h"

namespace lucid::cpu::fp {

int count_leading_zeros(u128 value) {
  const u64 high = static_cast<u64>(value >> 64);
  if (high) return __builtin_clzll(high);
  const u64 low = static_cast<u64>(value);
  return low ? 64 + __builtin_clzll(low) : 128;
}

Unpacked normalized(bool sign, i32 exponent, u128 value) {
  const int shift = count_leading_zeros(value);
  return make_finite(sign, exponent - shift, value << shift);
}

u128 shift_right_sticky(u128 value, u32 count) {
  if (count == 0) return value;
  if (count >= 128) return value != 0;
  const bool lost = (value << (128 - count)) != 0;
  return value >> count | lost;
}

template <class F>
Unpacked unpack(const typename F::Bits& bits, const Env& env) {
  const Fields f = F::split(bits);
  const u128 significand = u128{f.significand} << 64;
  const bool has_integer_bit = f.significand >> 63;
  if (f.exponent == 0) {
    if (f.significand == 0 || env.denormals_are_zero) return make_zero(f.sign);
    Unpacked value = normalized(f.sign, 1 - F::bias, significand);
    value.denormal = true;
    return value;
  }
  if (F::explicit_integer_bit && !has_integer_bit) return {Kind::unsupported, f.sign, false, 0, significand};
  if (f.exponent < F::max_exponent) return make_finite(f.sign, static_cast<i32>(f.exponent) - F::bias, significand);
  if (f.significand == integer_bit) return make_infinity(f.sign);
  const bool quiet = f.significand >> 62 & 1;
  return {quiet ? Kind::quiet_nan : Kind::signalling_nan, f.sign, false, 0, significand};
}

template Unpacked unpack<Single>(const u32&, const Env&);
template Unpacked unpack<Double>(const u64&, const Env&);
template Unpacked unpack<Extended>(const F80&, const Env&);

namespace {

Unpacked quieted(Unpacked nan) {
  nan.kind = Kind::quiet_nan;
  nan.significand |= u128{1} << 126;
  return nan;
}

/// SDM vol. 1, table 4-7.
const Unpacked& larger(const Unpacked& a, const Unpacked& b) {
  const bool a_signals = a.kind == Kind::signalling_nan, b_signals = b.kind == Kind::signalling_nan;
  if (a_signals != b_signals) return a_signals ? b : a;
  if (a.significand != b.significand) return a.significand > b.significand ? a : b;
  return a.sign ? b : a;
}

}  // namespace

Unpacked propagate_nan(const Unpacked& a, const Unpacked& b, Env& env) {
  if (a.kind == Kind::unsupported || b.kind == Kind::unsupported) return invalid_operation(env);
  if (a.kind == Kind::signalling_nan || b.kind == Kind::signalling_nan) env.raise(invalid);
  if (!b.is_nan()) return quieted(a);
  if (!a.is_nan()) return quieted(b);
  return quieted(env.nan_rule == NanRule::first ? a : larger(a, b));
}

Unpacked propagate_nan(const Unpacked& a, Env& env) { return propagate_nan(a, make_zero(false), env); }

}  // namespace lucid::cpu::fp
