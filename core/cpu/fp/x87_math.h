// SPDX-License-Identifier: MIT
// What the x87 computes besides the basic operations, on unpacked values.
#pragma once
#include "core/cpu/fp/unpacked.h"

namespace lucid::cpu::fp {

/// Rounding, precision and masks of a control word (SDM vol. 1, 8.1.5).
Env x87_env(u16 control);

/// FST to memory in F. Not to be written if env.stopped() or an unmasked overflow or underflow was raised.
template <class F>
typename F::Bits store_rounded(const Unpacked& a, Env& env);

/// a × 2^trunc(b)
Unpacked scale(const Unpacked& a, const Unpacked& b, Env& env);

/// a = significand × 2^exponent, 1 <= |significand| < 2
struct Extracted {
  Unpacked exponent, significand;
};
Extracted extract(const Unpacked& a, Env& env);

enum class Quotient : u8 { truncated, nearest };  // FPREM, FPREM1
struct Remainder {
  Unpacked value;
  bool complete = true;  // false: only the exponent was reduced, call again
  u8 quotient = 0;       // its three low bits
};
Remainder partial_remainder(const Unpacked& a, const Unpacked& b, Quotient quotient, Env& env);

enum class Constant : u8 { one, log2_10, log2_e, pi, log10_2, ln_2, zero };  // order of D9 E8..EE
F80 constant(Constant which, Rounding rounding);

/// Packed decimal: 18 digits, the low two in byte 0, sign in bit 79.
Unpacked from_decimal(const F80& digits);
F80 to_decimal(const Unpacked& a, Env& env);

}  // namespace lucid::cpu::fp
