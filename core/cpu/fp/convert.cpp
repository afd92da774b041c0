// SPDX-License-Identifier: MIT
#include "core/cpu/fp/convert.h"

#include "core/cpu/fp/arith.h"

namespace lucid::cpu::fp {

Unpacked from_integer(i64 value) {
  if (value == 0) return make_zero(false);
  const u64 magnitude = value < 0 ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
  return normalized(value < 0, 127, magnitude);
}

i64 to_integer(const Unpacked& a, int bits, Env& env) {
  const u64 limit = u64{1} << (bits - 1);  // magnitude of the most negative value
  const i64 integer_indefinite = static_cast<i64>(0 - limit);
  const bool huge = a.is_nan() || a.kind == Kind::infinity || a.exponent >= 64;
  Env trial = env;
  const Unpacked whole = huge ? a : round_to_integral(a, trial);
  if (huge || whole.exponent >= 64) {
    env.raise(invalid);
    return integer_indefinite;
  }
  const u64 magnitude = whole.kind == Kind::zero ? 0 : whole.high() >> (63 - whole.exponent);
  if (magnitude > limit || (magnitude == limit && !whole.sign)) {
    env.raise(invalid);
    return integer_indefinite;
  }
  env = trial;
  return static_cast<i64>(whole.sign ? 0 - magnitude : magnitude);
}

Unpacked convert(const Unpacked& a, Env& env) {
  if (a.is_nan()) return propagate_nan(a, env);
  if (a.denormal) env.raise(denormal);
  return a;
}

}  // namespace lucid::cpu::fp
