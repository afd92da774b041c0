// SPDX-License-Identifier: MIT
// Rounding: the one place where a result loses bits (SDM vol. 1, 4.8.4 and 4.9.1).
// Tininess is detected after rounding, as if the exponent had no bounds.
#include "core/cpu/fp/unpacked.h"

namespace lucid::cpu::fp {
namespace {

constexpr i32 wrapped_exponent = 24576;  // x87, overflow or underflow unmasked: SDM vol. 1, 8.5.4 and 8.5.5

struct Rounded {
  u128 significand;
  bool carry;  // it became 2^128: significand is 2^127 and the exponent one more
  bool inexact;
  bool up;
};

bool rounds_up(Rounding mode, bool sign, u128 rest, u128 unit, bool odd) {
  switch (mode) {
    case Rounding::nearest:
      return rest > unit / 2 || (rest == unit / 2 && odd);
    case Rounding::down:
      return sign && rest;
    case Rounding::up:
      return !sign && rest;
    case Rounding::zero:
      break;
  }
  return false;
}

/// Keeps the upper `bits` bits.
Rounded round_to(int bits, Rounding mode, bool sign, u128 significand) {
  const u128 unit = u128{1} << (128 - bits);
  const u128 rest = significand & (unit - 1);
  u128 kept = significand - rest;
  const bool up = rounds_up(mode, sign, rest, unit, (kept & unit) != 0);
  if (up) kept += unit;
  const bool carry = up && kept == 0;
  return {carry ? u128{1} << 127 : kept, carry, rest != 0, up};
}

template <class F>
typename F::Bits join(bool sign, u32 exponent, u128 significand) {
  return F::join({sign, exponent, static_cast<u64>(significand >> 64)});
}

template <class F>
typename F::Bits infinity(bool sign) {
  return join<F>(sign, F::max_exponent, u128{1} << 127);
}

template <class F>
typename F::Bits overflowed_masked(bool sign, int bits, Env& env) {
  env.raise(overflow | precision);
  const bool to_infinity = env.rounding == Rounding::nearest || env.rounding == (sign ? Rounding::down : Rounding::up);
  env.rounded_up = to_infinity;
  if (to_infinity) return infinity<F>(sign);
  return join<F>(sign, F::max_exponent - 1, ~u128{0} << (128 - bits));
}

void report(const Rounded& r, Env& env) {
  if (!r.inexact) return;
  env.raise(precision);
  env.rounded_up = r.up;
}

/// The exponent is below the format's: the significand is shifted right before it is rounded.
template <class F>
typename F::Bits tiny(const Unpacked& value, int bits, bool is_tiny, Env& env) {
  const u32 shift = static_cast<u32>(1 - F::bias - value.exponent);
  const Rounded r = round_to(bits, env.rounding, value.sign, shift_right_sticky(value.significand, shift));
  report(r, env);
  if (is_tiny && env.flush_to_zero) {
    env.raise(underflow | precision);
    return join<F>(value.sign, 0, 0);
  }
  if (is_tiny && r.inexact) env.raise(underflow);
  return join<F>(value.sign, static_cast<u32>(r.significand >> 127), r.significand);
}

/// Underflow unmasked: a register gets the result with its exponent wrapped into range, memory nothing.
/// Only FSCALE can be so far out that wrapping does not help: zero (or infinity, below).
template <class F>
typename F::Bits underflowed(bool sign, i32 exponent, const Rounded& r, Env& env) {
  env.raise(underflow);
  const i32 wrapped = exponent + wrapped_exponent;
  if (F::explicit_integer_bit && wrapped < 1) {
    env.raise(precision);
    return join<F>(sign, 0, 0);
  }
  report(r, env);
  return F::explicit_integer_bit ? join<F>(sign, static_cast<u32>(wrapped), r.significand) : typename F::Bits{};
}

template <class F>
typename F::Bits overflowed(bool sign, i32 exponent, const Rounded& r, int bits, Env& env) {
  const i32 wrapped = exponent - wrapped_exponent;
  if (!env.is_unmasked(overflow)) return overflowed_masked<F>(sign, bits, env);
  env.raise(overflow);
  if (F::explicit_integer_bit && wrapped >= static_cast<i32>(F::max_exponent)) {
    env.raise(precision);
    env.rounded_up = true;
    return infinity<F>(sign);
  }
  report(r, env);
  return F::explicit_integer_bit ? join<F>(sign, static_cast<u32>(wrapped), r.significand) : typename F::Bits{};
}

template <class F>
typename F::Bits pack_finite(const Unpacked& value, Env& env) {
  const int bits = F::explicit_integer_bit ? env.significand_bits : F::precision;
  const Rounded r = round_to(bits, env.rounding, value.sign, value.significand);
  const i32 exponent = value.exponent + r.carry + F::bias;  // biased, of the result with unbounded exponent
  if (exponent < 1 && env.is_unmasked(underflow) && !value.verbatim) {
    return underflowed<F>(value.sign, exponent, r, env);
  }
  if (value.exponent + F::bias < 1) return tiny<F>(value, bits, exponent < 1, env);
  if (exponent >= static_cast<i32>(F::max_exponent)) return overflowed<F>(value.sign, exponent, r, bits, env);
  report(r, env);
  return join<F>(value.sign, static_cast<u32>(exponent), r.significand);
}

}  // namespace

template <class F>
typename F::Bits pack(const Unpacked& value, Env& env) {
  if (env.stopped()) return {};
  switch (value.kind) {
    case Kind::zero:
      return join<F>(value.sign, 0, 0);
    case Kind::infinity:
      return infinity<F>(value.sign);
    case Kind::finite:
      return pack_finite<F>(value, env);
    default:
      return join<F>(value.sign, F::max_exponent, value.significand);
  }
}

template u32 pack<Single>(const Unpacked&, Env&);
template u64 pack<Double>(const Unpacked&, Env&);
template F80 pack<Extended>(const Unpacked&, Env&);

}  // namespace lucid::cpu::fp
