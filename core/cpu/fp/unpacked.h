// SPDX-License-Identifier: MIT
// A floating-point value taken out of its format. All arithmetic is done on these: operands are
// unpacked, the exact result (with a sticky last bit) is computed, and pack() rounds it once.
#pragma once
#include "core/cpu/fp/env.h"
#include "core/cpu/fp/format.h"

namespace lucid::cpu::fp {

enum class Kind : u8 {
  zero,
  finite,
  infinity,
  quiet_nan,
  signalling_nan,
  unsupported,  // 80-bit encodings no 387 or later accepts: pseudo-NaN, pseudo-infinity, unnormal
};

/// finite: ±significand/2^127 × 2^exponent with bit 127 set; bit 0 set also if anything below it was lost.
/// NaN: the payload, bit 127 set, bit 126 the quiet bit.
struct Unpacked {
  Kind kind = Kind::zero;
  bool sign = false;
  bool denormal = false;  // the operand was denormal (also a pseudo-denormal)
  i32 exponent = 0;
  u128 significand = 0;
  bool verbatim = false;  // a result that is an operand untouched: not an underflow even where that is unmasked

  bool is_nan() const { return kind >= Kind::quiet_nan; }
  /// Bits 127..64: all of them for an operand.
  u64 high() const { return static_cast<u64>(significand >> 64); }
};

inline Unpacked make_zero(bool sign) { return {Kind::zero, sign, false, 0, 0}; }
inline Unpacked make_infinity(bool sign) { return {Kind::infinity, sign, false, 0, u128{1} << 127}; }
inline Unpacked make_finite(bool sign, i32 exponent, u128 significand) {
  return {Kind::finite, sign, false, exponent, significand};
}
/// "QNaN floating-point indefinite", the answer to an invalid operation.
inline Unpacked indefinite() { return {Kind::quiet_nan, true, false, 0, u128{3} << 126}; }

int count_leading_zeros(u128 value);
/// The significand shifted up until bit 127 is set; value must not be 0.
Unpacked normalized(bool sign, i32 exponent, u128 value);
/// Shifts right; what falls out is kept as a sticky bit 0.
u128 shift_right_sticky(u128 value, u32 count);

template <class F>
Unpacked unpack(const typename F::Bits& bits, const Env& env);

/// Rounds to F (Extended: to env.significand_bits) and raises overflow, underflow and precision.
/// Delivers zero bits if env.stopped().
template <class F>
typename F::Bits pack(const Unpacked& value, Env& env);

/// The NaN an operation on these operands gives; at least one of them is a NaN.
Unpacked propagate_nan(const Unpacked& a, const Unpacked& b, Env& env);
Unpacked propagate_nan(const Unpacked& a, Env& env);

inline Unpacked invalid_operation(Env& env) {
  env.raise(invalid);
  return indefinite();
}

}  // namespace lucid::cpu::fp
