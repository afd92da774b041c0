// SPDX-License-Identifier: MIT
#include "core/cpu/fp/wide.h"

namespace lucid::cpu::fp::wide {

Unpacked small(i32 value) {
  if (value == 0) return make_zero(false);
  return normalized(value < 0, 127, static_cast<u32>(value < 0 ? -value : value));
}

Unpacked negate(Unpacked a) {
  a.sign = !a.sign;
  return a;
}

Unpacked halve(Unpacked a, i32 times) {
  a.exponent -= times;
  return a;
}

bool less_magnitude(const Unpacked& a, const Unpacked& b) {
  if (a.kind == Kind::zero || b.kind == Kind::zero) return a.kind == Kind::zero && b.kind != Kind::zero;
  return a.exponent != b.exponent ? a.exponent < b.exponent : a.significand < b.significand;
}

Unpacked add(const Unpacked& a, const Unpacked& b) {
  if (a.kind == Kind::zero) return b;
  if (b.kind == Kind::zero) return a;
  const bool swap = less_magnitude(a, b);
  const Unpacked &x = swap ? b : a, &y = swap ? a : b;
  const u32 distance = static_cast<u32>(x.exponent - y.exponent);
  if (x.sign != y.sign) {
    const u128 difference = x.significand - shift_right_sticky(y.significand, distance);
    return difference == 0 ? make_zero(false) : normalized(x.sign, x.exponent, difference);
  }
  const u128 sum = ((x.significand >> 1) + shift_right_sticky(y.significand, distance + 1)) | (x.significand & 1);
  return normalized(x.sign, x.exponent + 1, sum);
}

Unpacked subtract(const Unpacked& a, const Unpacked& b) { return add(a, negate(b)); }

Unpacked multiply(const Unpacked& a, const Unpacked& b) {
  const bool sign = a.sign != b.sign;
  if (a.kind == Kind::zero || b.kind == Kind::zero) return make_zero(sign);
  const u64 ah = a.high(), al = static_cast<u64>(a.significand), bh = b.high(), bl = static_cast<u64>(b.significand);
  const u128 low = u128{al} * bl, mid1 = u128{ah} * bl, mid2 = u128{al} * bh, high = u128{ah} * bh;
  const u128 middle = (low >> 64) + static_cast<u64>(mid1) + static_cast<u64>(mid2);
  const u128 upper = high + (mid1 >> 64) + (mid2 >> 64) + (middle >> 64);
  const bool lost = static_cast<u64>(low) != 0 || static_cast<u64>(middle) != 0;
  return normalized(sign, a.exponent + b.exponent + 1, upper | lost);
}

Unpacked divide(const Unpacked& a, const Unpacked& b) {
  const bool sign = a.sign != b.sign;
  if (a.kind == Kind::zero) return make_zero(sign);
  // Schoolbook, a bit at a time; the rest stays below the divisor.
  u128 rest = a.significand, quotient = 0;
  i32 exponent = a.exponent - b.exponent;
  bool carry = false;
  if (rest < b.significand) {
    carry = rest >> 127;
    rest <<= 1;
    --exponent;
  }
  for (int bit = 127; bit >= 0; --bit) {
    if (carry || rest >= b.significand) {
      rest -= b.significand;
      quotient |= u128{1} << bit;
    }
    carry = rest >> 127;
    rest <<= 1;
  }
  return make_finite(sign, exponent, quotient | (carry || rest != 0));
}

Unpacked divide(const Unpacked& a, u64 by) {
  if (a.kind == Kind::zero) return a;
  const u64 high = a.high();
  const u128 second = u128{high % by} << 64 | static_cast<u64>(a.significand);
  const u128 third = (second % by) << 64;
  const u128 quotient = u128{high / by} << 64 | second / by;
  // Fill what a small divisor leaves free below.
  const int free = count_leading_zeros(quotient);
  const u128 filled = free == 0 ? quotient : quotient << free | (third / by) >> (64 - free);
  return make_finite(a.sign, a.exponent - free, filled | 1);
}

}  // namespace lucid::cpu::fp::wide
