// SPDX-License-Identifier: MIT
#include "core/cpu/fp/arith.h"

namespace lucid::cpu::fp {
namespace {

/// The denormal exception ranks below NaNs, invalid operations and division by zero (SDM vol. 1, 4.9.2).
void note_denormals(const Unpacked& a, const Unpacked& b, Env& env) {
  if (a.denormal || b.denormal) env.raise(denormal);
}

bool zero_sign_of_difference(const Env& env) { return env.rounding == Rounding::down; }

/// |a| against |b|, both finite.
bool smaller_magnitude(const Unpacked& a, const Unpacked& b) {
  return a.exponent != b.exponent ? a.exponent < b.exponent : a.significand < b.significand;
}

/// ±a ± b for finite operands; a is not smaller in magnitude. Operands have 64 significant bits, so that after
/// moving them down by one bit for the carry, 63 guard bits make the sticky bit exact enough.
Unpacked add_finite(const Unpacked& a, const Unpacked& b, bool b_sign, const Env& env) {
  const u128 larger = a.significand >> 1;
  const u128 smaller = shift_right_sticky(b.significand >> 1, static_cast<u32>(a.exponent - b.exponent));
  const u128 sum = a.sign == b_sign ? larger + smaller : larger - smaller;
  if (sum == 0) return make_zero(zero_sign_of_difference(env));
  return normalized(a.sign, a.exponent + 1, sum);
}

/// a + (b with its sign replaced)
Unpacked add_signed(const Unpacked& a, const Unpacked& b, bool b_sign, Env& env) {
  if (a.is_nan() || b.is_nan()) return propagate_nan(a, b, env);
  if (a.kind == Kind::infinity && b.kind == Kind::infinity && a.sign != b_sign) return invalid_operation(env);
  note_denormals(a, b, env);
  if (a.kind == Kind::infinity) return a;
  if (b.kind == Kind::infinity) return make_infinity(b_sign);
  if (b.kind == Kind::zero) {
    if (a.kind != Kind::zero || a.sign == b_sign) return a;
    return make_zero(zero_sign_of_difference(env));
  }
  Unpacked signed_b = b;
  signed_b.sign = b_sign;
  if (a.kind == Kind::zero) return signed_b;
  return smaller_magnitude(a, b) ? add_finite(signed_b, a, a.sign, env) : add_finite(a, b, b_sign, env);
}

/// floor(sqrt(value)) by the schoolbook method, a bit of the root at a time.
u64 integer_square_root(u128 value, u128& remainder) {
  u128 root = 0;
  for (u128 bit = u128{1} << 126; bit; bit >>= 2) {
    if (value >= root + bit) {
      value -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  remainder = value;
  return static_cast<u64>(root);
}

Order magnitude_order(const Unpacked& a, const Unpacked& b) {
  if (a.kind != b.kind) return a.kind < b.kind ? Order::less : Order::greater;  // zero < finite < infinity
  if (a.kind != Kind::finite) return Order::equal;
  if (smaller_magnitude(a, b)) return Order::less;
  return smaller_magnitude(b, a) ? Order::greater : Order::equal;
}

}  // namespace

Unpacked add(const Unpacked& a, const Unpacked& b, Env& env) { return add_signed(a, b, b.sign, env); }
Unpacked subtract(const Unpacked& a, const Unpacked& b, Env& env) { return add_signed(a, b, !b.sign, env); }

Unpacked multiply(const Unpacked& a, const Unpacked& b, Env& env) {
  if (a.is_nan() || b.is_nan()) return propagate_nan(a, b, env);
  const bool infinite = a.kind == Kind::infinity || b.kind == Kind::infinity;
  const bool zero = a.kind == Kind::zero || b.kind == Kind::zero;
  if (infinite && zero) return invalid_operation(env);
  note_denormals(a, b, env);
  const bool sign = a.sign != b.sign;
  if (infinite) return make_infinity(sign);
  if (zero) return make_zero(sign);
  return normalized(sign, a.exponent + b.exponent + 1, u128{a.high()} * b.high());
}

Unpacked divide(const Unpacked& a, const Unpacked& b, Env& env) {
  if (a.is_nan() || b.is_nan()) return propagate_nan(a, b, env);
  const bool sign = a.sign != b.sign;
  if (a.kind == b.kind && a.kind != Kind::finite) return invalid_operation(env);  // 0/0, inf/inf
  if (b.kind == Kind::zero && a.kind == Kind::finite) {
    env.raise(zero_divide);
    return make_infinity(sign);
  }
  note_denormals(a, b, env);
  if (a.kind == Kind::infinity || b.kind == Kind::zero) return make_infinity(sign);
  if (a.kind == Kind::zero || b.kind == Kind::infinity) return make_zero(sign);
  // a/b is in (1/2, 2): two long-division steps give 64 and 64 more bits.
  const u64 divisor = b.high();
  const u128 numerator = u128{a.high()} << 63;
  const u128 upper = numerator / divisor;
  const u128 rest = (numerator % divisor) << 64;
  const u128 quotient = upper << 64 | rest / divisor | (rest % divisor != 0);
  return normalized(sign, a.exponent - b.exponent, quotient);
}

Unpacked square_root(const Unpacked& a, Env& env) {
  if (a.is_nan()) return propagate_nan(a, env);
  if (a.kind == Kind::zero) return a;
  if (a.sign) return invalid_operation(env);
  note_denormals(a, a, env);
  if (a.kind == Kind::infinity) return a;
  const bool odd = a.exponent & 1;
  u128 remainder = 0;
  const u64 root = integer_square_root(odd ? a.significand : a.significand >> 1, remainder);
  // root + 1/2 squared is root² + root + 1/4, so the next bit is set if the remainder exceeds the root; never a tie.
  const u128 next_bit = u128{remainder > root} << 63;
  return make_finite(false, (a.exponent - odd) / 2, u128{root} << 64 | next_bit | (remainder != 0));
}

Order compare(const Unpacked& a, const Unpacked& b, Nans invalid_nans, Env& env) {
  if (a.is_nan() || b.is_nan()) {
    const bool only_quiet = a.kind <= Kind::quiet_nan && b.kind <= Kind::quiet_nan;
    if (invalid_nans == Nans::all || !only_quiet) env.raise(invalid);
    return Order::unordered;
  }
  note_denormals(a, b, env);
  if (a.kind == Kind::zero && b.kind == Kind::zero) return Order::equal;
  if (a.sign != b.sign) return a.sign ? Order::less : Order::greater;
  return a.sign ? magnitude_order(b, a) : magnitude_order(a, b);
}

Unpacked round_to_integral(const Unpacked& a, Env& env) {
  if (a.is_nan()) return propagate_nan(a, env);
  if (a.kind != Kind::finite || a.exponent >= 127) return a;
  const u128 unit = a.exponent >= 0 ? u128{1} << (127 - a.exponent) : 0;  // 0: 2^128, |a| < 1
  const u128 half = a.exponent >= 0 ? unit >> 1 : u128{1} << 127;
  const u128 magnitude =
      a.exponent >= 0 ? a.significand : shift_right_sticky(a.significand, static_cast<u32>(-1 - a.exponent));
  const u128 rest = magnitude & (unit - 1);
  if (rest == 0) return a;
  const u128 kept = magnitude - rest;
  env.raise(precision);
  bool up = false;
  switch (env.rounding) {
    case Rounding::nearest:
      up = rest > half || (rest == half && (kept & unit));
      break;
    case Rounding::down:
      up = a.sign;
      break;
    case Rounding::up:
      up = !a.sign;
      break;
    case Rounding::zero:
      break;
  }
  env.rounded_up = up;
  if (a.exponent < 0) return up ? make_finite(a.sign, 0, u128{1} << 127) : make_zero(a.sign);
  const u128 result = up ? kept + unit : kept;
  if (result == 0) return make_finite(a.sign, a.exponent + 1, u128{1} << 127);
  return make_finite(a.sign, a.exponent, result);
}

}  // namespace lucid::cpu::fp
