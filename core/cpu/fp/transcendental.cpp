// SPDX-License-Identifier: MIT
#include "core/cpu/fp/transcendental.h"

#include "core/cpu/fp/wide.h"

namespace lucid::cpu::fp {
namespace {

constexpr Unpacked constant(i32 exponent, u64 high, u64 low) {
  return {Kind::finite, false, false, exponent, u128{high} << 64 | low};
}

constexpr Unpacked pi = constant(1, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1);
constexpr Unpacked ln_2 = constant(-1, 0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af);
constexpr Unpacked two_log2_e = constant(1, 0xb8aa3b295c17f0bb, 0xbe87fed0691d3e88);
constexpr Unpacked one = constant(0, u64{1} << 63, 0);

/// atan(k/8), k = 1..8
constexpr Unpacked atan_eighths[] = {
    constant(-4, 0xfeadd4d5617b6e32, 0xc897989f3e888ef8), constant(-3, 0xfadbafc96406eb15, 0x6dc79ef5f7a217e6),
    constant(-2, 0xb7b0ca0f26f78473, 0x8aa32122dcfe4483), constant(-2, 0xed63382b0dda7b45, 0x6fe445ecbc3a8d03),
    constant(-1, 0x8f005d5ef7f59f9b, 0x5c835e1665c43748), constant(-1, 0xa4bc7d1934f70924, 0x19a87f2a457dac9f),
    constant(-1, 0xb8053e2bc2319e73, 0xcb2da55210a4443d), constant(-1, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1),
};

/// Transcendental results of finite arguments are never exact.
Unpacked inexact(Unpacked a) {
  if (a.kind == Kind::finite) a.significand |= 1;
  return a;
}

/// What a processor gives where its approximation degenerates (measured): a plain value, declared inexact.
Unpacked declared_inexact(Unpacked a, Env& env) {
  const bool tiny = a.exponent + Extended::bias < 1;
  if (!env.stopped()) env.raise(tiny ? underflow | precision : precision);
  a.denormal = false;
  return a;
}

Unpacked with_sign(Unpacked a, bool sign) {
  a.sign = sign;
  return a;
}

void note_denormals(const Unpacked& a, const Unpacked& b, Env& env) {
  if (a.denormal || b.denormal) env.raise(denormal);
}

/// Operands go on as plain values.
Unpacked plain(Unpacked a) {
  a.denormal = false;
  return a;
}

/// 1 + t/3 + t²/5 + …, alternating for a negative t; |t| < 1/32.
Unpacked odd_series(const Unpacked& t) {
  Unpacked sum = make_zero(false);
  for (u64 n = 53; n > 1; n -= 2) sum = wide::multiply(t, wide::add(wide::divide(one, n), sum));
  return wide::add(one, sum);
}

/// log2((1 + t) / (1 - t)) for |t| < 0.18.
Unpacked log2_ratio(const Unpacked& t) {
  return wide::multiply(wide::multiply(two_log2_e, t), odd_series(wide::multiply(t, t)));
}

/// log2 of a positive finite value.
Unpacked log2(const Unpacked& x) {
  constexpr u64 root_2 = 0xb504f333f9de6484;
  const bool upper = x.high() > root_2;  // bring the significand into (sqrt(1/2), sqrt(2))
  const Unpacked m = make_finite(false, upper ? -1 : 0, x.significand);
  const Unpacked t = wide::divide(wide::subtract(m, one), wide::add(m, one));
  return wide::add(wide::small(x.exponent + upper), log2_ratio(t));
}

}  // namespace

Unpacked exp2_minus_1(const Unpacked& a, Env& env) {
  if (a.is_nan()) return propagate_nan(a, env);
  if (a.kind == Kind::infinity) return a.sign ? with_sign(one, true) : a;
  note_denormals(a, a, env);
  if (a.kind == Kind::zero) return a;
  if (a.exponent >= 0) {  // 2^1 - 1 = 1, 2^-1 - 1 = -1/2; beyond is undefined: unchanged
    const bool minus_one = a.sign && a.exponent == 0 && a.significand == one.significand;
    return declared_inexact(minus_one ? wide::halve(a) : a, env);
  }
  const Unpacked y = wide::multiply(plain(a), ln_2);
  Unpacked sum = one;
  for (u64 n = 36; n > 1; --n) sum = wide::add(one, wide::divide(wide::multiply(y, sum), n));
  return inexact(wide::multiply(y, sum));
}

Unpacked y_log2_x(const Unpacked& x, const Unpacked& y, Env& env) {
  if (x.is_nan() || y.is_nan()) return propagate_nan(x, y, env);
  if (x.sign && x.kind != Kind::zero) return invalid_operation(env);
  if (x.kind == Kind::zero) {
    if (y.kind == Kind::zero) return invalid_operation(env);
    if (y.kind == Kind::finite) env.raise(zero_divide);
    return make_infinity(!y.sign);
  }
  const bool is_one = x.kind == Kind::finite && x.exponent == 0 && x.significand == one.significand;
  const bool negative = x.kind == Kind::finite && x.exponent < 0;
  if (y.kind == Kind::infinity) {
    if (is_one) return invalid_operation(env);
    note_denormals(x, y, env);
    return make_infinity(y.sign != negative);
  }
  if (x.kind == Kind::infinity) {
    if (y.kind == Kind::zero) return invalid_operation(env);
    note_denormals(x, y, env);
    return make_infinity(y.sign);
  }
  note_denormals(x, y, env);
  if (is_one || y.kind == Kind::zero) return make_zero(y.sign != negative);
  const bool power_of_2 = x.significand == one.significand;
  const Unpacked result = wide::multiply(plain(y), log2(plain(x)));
  return power_of_2 ? declared_inexact(result, env) : inexact(result);
}

Unpacked y_log2_x_plus_1(const Unpacked& x, const Unpacked& y, Env& env) {
  if (x.is_nan() || y.is_nan()) return propagate_nan(x, y, env);
  const bool sign = x.sign != y.sign;
  if (x.kind == Kind::infinity) {
    if (x.sign || y.kind == Kind::zero) return invalid_operation(env);
    note_denormals(x, y, env);
    return make_infinity(y.sign);
  }
  if (y.kind == Kind::infinity) {
    if (x.kind == Kind::zero) return invalid_operation(env);
    note_denormals(x, y, env);
    return make_infinity(sign);
  }
  note_denormals(x, y, env);
  if (x.kind == Kind::zero || y.kind == Kind::zero) return make_zero(sign);
  if (x.exponent >= -1) {  // beyond sqrt(1/2) - 1 in magnitude undefined: as FYL2X of the sum
    const Unpacked sum = wide::add(plain(x), one);
    if (sum.sign || sum.kind == Kind::zero) return declared_inexact(x, env);
    const Unpacked result = wide::multiply(plain(y), log2(sum));
    return sum.significand == one.significand ? declared_inexact(result, env) : inexact(result);
  }
  const Unpacked t = wide::divide(plain(x), wide::add(wide::small(2), plain(x)));
  return inexact(wide::multiply(plain(y), log2_ratio(t)));
}

namespace {

/// atan(r) for 0 < r <= 1: the nearest eighth c, then atan(r) = atan(c) + atan((r - c) / (1 + r c)).
Unpacked arctangent_of(const Unpacked& r) {
  const i32 eighths = r.exponent < -5 ? 0 : static_cast<i32>(((r.high() >> 1) >> (-r.exponent + 58)) + 1) / 2;
  Unpacked t = r;
  if (eighths != 0) {
    const Unpacked c = wide::halve(wide::small(eighths), 3);
    t = wide::divide(wide::subtract(r, c), wide::add(one, wide::multiply(r, c)));
  }
  const Unpacked rest = wide::multiply(t, odd_series(wide::negate(wide::multiply(t, t))));
  return eighths == 0 ? rest : wide::add(atan_eighths[eighths - 1], rest);
}

/// The angle for infinite or zero coordinates, in quarters of pi.
Unpacked special_angle(const Unpacked& y, const Unpacked& x) {
  i32 quarters = 0;
  if (y.kind == Kind::infinity)
    quarters = x.kind == Kind::infinity ? (x.sign ? 3 : 1) : 2;
  else if (x.kind == Kind::infinity || y.kind == Kind::zero)
    quarters = x.sign ? 4 : 0;
  else
    quarters = 2;  // x is zero
  if (quarters == 0) return make_zero(y.sign);
  return inexact(with_sign(wide::multiply(wide::halve(pi, 2), wide::small(quarters)), y.sign));
}

}  // namespace

Unpacked arctangent(const Unpacked& y, const Unpacked& x, Env& env) {
  if (x.is_nan() || y.is_nan()) return propagate_nan(x, y, env);
  note_denormals(x, y, env);
  if (x.kind != Kind::finite || y.kind != Kind::finite) return special_angle(y, x);
  const Unpacked a = with_sign(plain(y), false), b = with_sign(plain(x), false);
  const bool steep = wide::less_magnitude(b, a);
  const Unpacked ratio = steep ? wide::divide(b, a) : wide::divide(a, b);
  if (!steep && !x.sign && ratio.exponent < -40) {
    return declared_inexact(with_sign(ratio, y.sign), env);
  }
  Unpacked angle = arctangent_of(ratio);
  if (steep) angle = wide::subtract(wide::halve(pi), angle);
  if (x.sign) angle = wide::subtract(pi, angle);
  return with_sign(inexact(angle), y.sign);
}

bool out_of_range(const Unpacked& angle) { return angle.kind == Kind::finite && angle.exponent >= 63; }

namespace {

/// Intel processors reduce by pi/2 as 66 bits hold it; here in units of 2^-65.
constexpr u128 half_pi_66 = u128{0xc90fdaa22168c234} << 2 | 3;

struct Reduced {
  Unpacked rest;      // |rest| <= pi/4
  unsigned quadrant;  // of the angle before
};

Reduced reduce(const Unpacked& a) {
  const Unpacked magnitude = with_sign(plain(a), false);
  if (a.exponent < -1) return {magnitude, 0};
  // a = high × 2^(exponent - 63) = (high << 1) × 2^(exponent + 1) units: long division, a bit at a time.
  u128 rest = u128{a.high()} << 1;
  unsigned quotient = 0;
  for (i32 i = a.exponent + 1;; --i) {
    quotient <<= 1;
    if (rest >= half_pi_66) {
      rest -= half_pi_66;
      quotient |= 1;
    }
    if (i == 0) break;
    rest <<= 1;
  }
  const bool negative = rest > half_pi_66 - rest;
  if (negative) {
    rest = half_pi_66 - rest;
    ++quotient;
  }
  if (rest == 0) return {make_zero(false), quotient & 3};
  return {normalized(negative, 62, rest), quotient & 3};
}

Unpacked sine_series(const Unpacked& r) {
  const Unpacked minus_square = wide::negate(wide::multiply(r, r));
  Unpacked sum = one;
  for (u64 n = 36; n > 1; n -= 2) sum = wide::add(one, wide::divide(wide::multiply(minus_square, sum), n * (n + 1)));
  return wide::multiply(r, sum);
}

Unpacked cosine_series(const Unpacked& r) {
  const Unpacked minus_square = wide::negate(wide::multiply(r, r));
  Unpacked sum = one;
  for (i32 n = 37; n > 0; n -= 2)
    sum = wide::add(one, wide::divide(wide::multiply(minus_square, sum), static_cast<u64>(n * (n + 1))));
  return sum;
}

constexpr i32 least_angle = -68;  // exponent below which an angle is its own sine

/// sin(rest + quadrant × pi/2)
Unpacked sine_of(const Reduced& a, unsigned more_quadrants) {
  const unsigned quadrant = (a.quadrant + more_quadrants) & 3;
  const Unpacked value = quadrant & 1 ? cosine_series(a.rest) : sine_series(a.rest);
  return quadrant & 2 ? wide::negate(value) : value;
}

}  // namespace

Unpacked sine(const Unpacked& a, Env& env) {
  if (a.is_nan()) return propagate_nan(a, env);
  if (a.kind == Kind::infinity) return invalid_operation(env);
  note_denormals(a, a, env);
  if (a.kind == Kind::zero) return a;
  if (a.exponent < least_angle) return declared_inexact(a, env);
  const Unpacked value = sine_of(reduce(a), 0);
  return inexact(a.sign ? wide::negate(value) : value);
}

Unpacked cosine(const Unpacked& a, Env& env) {
  if (a.is_nan()) return propagate_nan(a, env);
  if (a.kind == Kind::infinity) return invalid_operation(env);
  note_denormals(a, a, env);
  if (a.kind == Kind::zero) return one;
  if (a.exponent < least_angle) return declared_inexact(one, env);
  return inexact(sine_of(reduce(a), 1));
}

Unpacked tangent(const Unpacked& a, Env& env) {
  if (a.is_nan()) return propagate_nan(a, env);
  if (a.kind == Kind::infinity) return invalid_operation(env);
  note_denormals(a, a, env);
  if (a.kind == Kind::zero) return a;
  if (a.exponent < least_angle) return declared_inexact(a, env);
  if (a.exponent < -33) return sine(a, env);  // rounded as if below the angle, though it is above
  const Reduced reduced = reduce(a);
  const Unpacked value = wide::divide(sine_of(reduced, 0), sine_of(reduced, 1));
  return inexact(a.sign ? wide::negate(value) : value);
}

}  // namespace lucid::cpu::fp
