// SPDX-License-Identifier: MIT
#include "core/cpu/fp/approximate.h"

namespace lucid::cpu::fp {
namespace {

constexpr u32 sign_bit = 0x80000000, infinity = 0x7f800000, quiet_bit = 0x00400000, indefinite = 0xffc00000;

u32 exponent_of(u32 a) { return a >> 23 & 0xff; }
bool is_nan(u32 a) { return (a & ~sign_bit) > infinity; }

/// A result in (1/2, 1) × 2^(exponent - 126), given in units of 2^-13.
u32 join(u32 sign, i32 exponent, u32 thirteen_bits) {
  if (exponent <= 0) return sign;
  return sign | static_cast<u32>(exponent) << 23 | (thirteen_bits << 11 & 0x7fffff);
}

u32 integer_root(u64 value) {
  u32 root = 0;
  for (u32 bit = 1u << 31; bit; bit >>= 1)
    if (u64{root | bit} * (root | bit) <= value) root |= bit;
  return root;
}

}  // namespace

u32 approximate_reciprocal(u32 a) {
  if (is_nan(a)) return a | quiet_bit;
  if (exponent_of(a) == 0) return (a & sign_bit) | infinity;
  if (exponent_of(a) == 255) return a & sign_bit;
  const u32 middle = 4097 + 2 * (a >> 12 & 0x7ff);  // of the interval, in units of 2^-12
  const u32 doubled = (1u << 26) / middle;
  return join(a & sign_bit, 253 - static_cast<i32>(exponent_of(a)), (doubled + 1) / 2);
}

u32 approximate_reciprocal_root(u32 a) {
  if (is_nan(a)) return a | quiet_bit;
  if (exponent_of(a) == 0) return (a & sign_bit) | infinity;
  if (a & sign_bit) return indefinite;
  if (a == infinity) return 0;
  const bool odd = !(exponent_of(a) & 1);                       // the unbiased exponent
  const u64 middle = u64{2049 + 2 * (a >> 13 & 0x3ff)} << odd;  // in units of 2^-11
  const u32 doubled = integer_root((u64{1} << 39) / middle);
  const i32 half = (static_cast<i32>(exponent_of(a)) - 127 - odd) / 2;
  return join(0, 126 - half, (doubled + 1) / 2);
}

}  // namespace lucid::cpu::fp
