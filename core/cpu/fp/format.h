// SPDX-License-Identifier: MIT
// The three floating-point formats in memory (SDM vol. 1, 4.2.2 and 8.2):
//
//   Single    sign 31     exponent 30..23   fraction 22..0
//   Double    sign 63     exponent 62..52   fraction 51..0
//   Extended  sign 79     exponent 78..64   integer bit 63, fraction 62..0
//
// Fields hands a format's bits over with the significand, integer bit included, at the top of a u64.
#pragma once
#include "core/base/types.h"
#include "core/cpu/state.h"

namespace lucid::cpu::fp {

struct Fields {
  bool sign = false;
  u32 exponent = 0;  // biased
  u64 significand = 0;
};

constexpr u64 integer_bit = u64{1} << 63;

template <class UInt, int precision_bits, int exponent_bits>
struct InterchangeFormat {
  using Bits = UInt;
  static constexpr int precision = precision_bits;
  static constexpr u32 max_exponent = (1u << exponent_bits) - 1;  // of infinities and NaNs
  static constexpr i32 bias = (1 << (exponent_bits - 1)) - 1;
  static constexpr bool explicit_integer_bit = false;

  static constexpr Fields split(Bits bits) {
    const u32 exponent = static_cast<u32>(bits >> (precision - 1)) & max_exponent;
    const u64 fraction = u64{bits} << (64 - precision) & ~integer_bit;
    return {(bits >> (sizeof(Bits) * 8 - 1)) != 0, exponent, fraction | (exponent ? integer_bit : 0)};
  }
  static constexpr Bits join(const Fields& f) {
    return static_cast<Bits>(f.sign) << (sizeof(Bits) * 8 - 1) | static_cast<Bits>(f.exponent) << (precision - 1) |
           static_cast<Bits>((f.significand & ~integer_bit) >> (64 - precision));
  }
};

using Single = InterchangeFormat<u32, 24, 8>;
using Double = InterchangeFormat<u64, 53, 11>;

struct Extended {
  using Bits = F80;
  static constexpr int precision = 64;
  static constexpr u32 max_exponent = 0x7fff;
  static constexpr i32 bias = 0x3fff;
  static constexpr bool explicit_integer_bit = true;

  static constexpr Fields split(const Bits& bits) {
    return {bits.sign_exponent >> 15 != 0, bits.sign_exponent & 0x7fffu, bits.mantissa};
  }
  static constexpr Bits join(const Fields& f) {
    return {f.significand, static_cast<u16>(f.exponent | (f.sign ? 0x8000u : 0u))};
  }
};

}  // namespace lucid::cpu::fp
