// SPDX-License-Identifier: MIT
// PCMPxSTRx: compares two short strings every way at once (SDM vol. 2, 4.1).
//
//   imm8   1..0 unsigned bytes, unsigned words, signed bytes, signed words
//          3..2 any of, within ranges, equal each, equal ordered (substring)
//          5..4 polarity: as it is, negated, as it is, negated where b is valid
//          6    index: highest; mask: expanded to lanes
#pragma once
#include "core/cpu/simd/vector.h"

namespace lucid::cpu::simd {

struct StringMatch {
  u32 matches = 0;  // "IntRes2": bit i for lane i of b
  unsigned lanes = 16;
  bool a_ends = false, b_ends = false;  // the string is shorter than the register

  u32 index(u8 imm) const;  // of the lowest or highest match; the number of lanes if there is none
  Xmm mask(u8 imm) const;
};

/// Lengths of strings that end at a zero lane.
unsigned implicit_length(const Xmm& string, u8 imm);
/// The absolute value of a length register, at most the number of lanes.
unsigned explicit_length(i64 length, u8 imm);

StringMatch compare_strings(const Xmm& a, unsigned a_length, const Xmm& b, unsigned b_length, u8 imm);

}  // namespace lucid::cpu::simd
