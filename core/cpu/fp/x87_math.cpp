// SPDX-License-Identifier: MIT
#include "core/cpu/fp/x87_math.h"

#include "core/cpu/fp/arith.h"
#include "core/cpu/fp/convert.h"

namespace lucid::cpu::fp {

Env x87_env(u16 control) {
  constexpr u8 bits_of[] = {24, 64, 53, 64};  // 1 is reserved
  Env env;
  env.rounding = static_cast<Rounding>(control >> 10 & 3);
  env.masked = control & 0x3f;
  env.nan_rule = NanRule::larger_payload;
  env.significand_bits = bits_of[control >> 8 & 3];
  return env;
}

template <class F>
typename F::Bits store_rounded(const Unpacked& a, Env& env) {
  const auto bits = pack<F>(a.is_nan() ? propagate_nan(a, env) : a, env);
  if (env.raised & ~env.masked & (overflow | underflow)) {  // nothing is stored, so nothing was rounded
    env.raised &= static_cast<u8>(~precision);
    env.rounded_up = false;
  }
  return bits;
}

template u32 store_rounded<Single>(const Unpacked&, Env&);
template u64 store_rounded<Double>(const Unpacked&, Env&);

namespace {

void note_denormals(const Unpacked& a, const Unpacked& b, Env& env) {
  if (a.denormal || b.denormal) env.raise(denormal);
}

Unpacked verbatim(Unpacked a) {
  a.verbatim = true;
  return a;
}

Unpacked scale_by_infinity(const Unpacked& a, bool down, Env& env) {
  if (a.kind == (down ? Kind::infinity : Kind::zero)) return invalid_operation(env);
  note_denormals(a, a, env);
  return down ? make_zero(a.sign) : make_infinity(a.sign);
}

}  // namespace

Unpacked scale(const Unpacked& a, const Unpacked& b, Env& env) {
  if (a.is_nan() || b.is_nan()) return propagate_nan(a, b, env);
  if (b.kind == Kind::infinity) return scale_by_infinity(a, b.sign, env);
  note_denormals(a, b, env);
  if (b.kind == Kind::zero) return verbatim(a);
  if (a.kind != Kind::finite || b.exponent < 0) return a;
  constexpr i32 beyond_all = 0x10000;  // any exponent in range is out of range by this much
  const i32 magnitude = b.exponent > 16 ? beyond_all : static_cast<i32>(b.high() >> (63 - b.exponent));
  Unpacked result = a;
  result.exponent += b.sign ? -magnitude : magnitude;
  return result;
}

Extracted extract(const Unpacked& a, Env& env) {
  if (a.is_nan()) {
    const Unpacked nan = propagate_nan(a, env);
    return {nan, nan};
  }
  if (a.kind == Kind::infinity) return {make_infinity(false), a};
  if (a.kind == Kind::zero) {
    env.raise(zero_divide);
    return {make_infinity(true), a};
  }
  note_denormals(a, a, env);
  return {from_integer(a.exponent), make_finite(a.sign, 0, a.significand)};
}

namespace {

/// The remainder of |a| / |b| once the quotient's integer part is known to need difference + 1 <= 64 bits.
Remainder complete_remainder(const Unpacked& a, const Unpacked& b, Quotient kind) {
  const i32 difference = a.exponent - b.exponent;
  if (difference < -1 || (difference < 0 && kind == Quotient::truncated)) return {a};
  // Everything in units of 2^(b.exponent - 64): a half-unit finer than b's last bit, so difference -1 needs no shift
  // right.
  const u128 divisor = u128{b.high()} << 1;
  const u128 dividend = difference < 0 ? u128{a.high()} : u128{a.high()} << difference << 1;
  // dividend < 2^128 since difference <= 63
  u64 quotient = static_cast<u64>(dividend / divisor);
  u128 rest = dividend % divisor;
  bool sign = a.sign;
  if (kind == Quotient::nearest && (rest > divisor - rest || (rest == divisor - rest && (quotient & 1)))) {
    rest = divisor - rest;
    ++quotient;
    sign = !sign;
  }
  const u8 low_bits = quotient & 7;
  if (rest == 0) return {make_zero(a.sign), true, low_bits};
  return {normalized(sign, b.exponent + 63, rest), true, low_bits};
}

}  // namespace

Remainder partial_remainder(const Unpacked& a, const Unpacked& b, Quotient kind, Env& env) {
  if (a.is_nan() || b.is_nan()) return {propagate_nan(a, b, env)};
  if (a.kind == Kind::infinity || b.kind == Kind::zero) return {invalid_operation(env)};
  note_denormals(a, b, env);
  if (a.kind == Kind::zero || b.kind == Kind::infinity) return {verbatim(a)};
  const i32 difference = a.exponent - b.exponent;
  if (difference < 64) return complete_remainder(a, b, kind);
  // Reduce the exponent by 32..63, such that a multiple of 32 remains.
  const i32 reduction = 32 + difference % 32;
  const u128 rest = (u128{a.high()} << reduction) % b.high();
  if (rest == 0) return {make_zero(a.sign), false};
  return {normalized(a.sign, a.exponent - reduction + 64, rest), false};
}

F80 constant(Constant which, Rounding rounding) {
  struct Value {
    i32 exponent;
    u64 high, low;
  };
  static constexpr Value values[] = {
      {0, 0x8000000000000000, 0},                    // 1
      {1, 0xd49a784bcd1b8afe, 0x492bf6ff4dafdb4c},   // log2(10)
      {0, 0xb8aa3b295c17f0bb, 0xbe87fed0691d3e88},   // log2(e)
      {1, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1},   // pi
      {-2, 0x9a209a84fbcff798, 0x8f8959ac0b7c9178},  // log10(2)
      {-1, 0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af},  // ln(2)
  };
  if (which == Constant::zero) return {};
  const Value& v = values[static_cast<u8>(which)];
  Env env;  // always to 64 bits, and nothing is reported
  env.rounding = rounding;
  return pack<Extended>(make_finite(false, v.exponent, u128{v.high} << 64 | v.low), env);
}

Unpacked from_decimal(const F80& digits) {
  u64 value = 0;
  for (int byte = 8; byte >= 0; --byte) {
    const u64 pair = byte == 8 ? digits.sign_exponent & 0xffu : digits.mantissa >> (8 * byte) & 0xff;
    value = value * 100 + (pair >> 4) * 10 + (pair & 15);
  }
  Unpacked result = from_integer(static_cast<i64>(value));
  result.sign = digits.sign_exponent >> 15;
  return result;
}

F80 to_decimal(const Unpacked& a, Env& env) {
  constexpr F80 decimal_indefinite = {0xc000000000000000, 0xffff};
  constexpr i64 limit = 1'000'000'000'000'000'000;
  Env trial = env;
  const i64 integer = to_integer(a, 64, trial);
  if ((trial.raised & invalid) || integer >= limit || integer <= -limit) {
    env.raise(invalid);
    return decimal_indefinite;
  }
  env = trial;
  u64 rest = static_cast<u64>(integer < 0 ? -integer : integer);
  F80 digits;
  for (int byte = 0; byte < 9; ++byte, rest /= 100) {
    const u64 pair = rest / 10 % 10 << 4 | rest % 10;
    if (byte == 8)
      digits.sign_exponent = static_cast<u16>(pair);
    else
      digits.mantissa |= pair << (8 * byte);
  }
  if (a.sign) digits.sign_exponent |= 0x8000;
  return digits;
}

}  // namespace lucid::cpu::fp
