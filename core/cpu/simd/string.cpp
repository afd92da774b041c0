// SPDX-License-Identifier: MIT
#include "core/cpu/simd/string.h"

namespace lucid::cpu::simd {
namespace {

unsigned lanes_of(u8 imm) { return imm & 1 ? 8 : 16; }

/// Lane i, as the format says: all four fit an i32 in order.
i32 lane(const Xmm& v, unsigned i, u8 imm) {
  switch (imm & 3) {
    case 0:
      return Array<Xmm, u8>(v)[i];
    case 1:
      return Array<Xmm, u16>(v)[i];
    case 2:
      return Array<Xmm, i8>(v)[i];
    default:
      return Array<Xmm, i16>(v)[i];
  }
}

struct Strings {
  const Xmm &a, &b;
  unsigned a_length, b_length, lanes;
  u8 imm;

  bool a_valid(unsigned i) const { return i < a_length; }
  bool b_valid(unsigned j) const { return j < b_length; }
  i32 a_at(unsigned i) const { return lane(a, i, imm); }
  i32 b_at(unsigned j) const { return lane(b, j, imm); }
};

bool any_of(const Strings& s, unsigned j) {
  if (!s.b_valid(j)) return false;
  for (unsigned i = 0; i < s.a_length; ++i)
    if (s.a_at(i) == s.b_at(j)) return true;
  return false;
}

bool in_ranges(const Strings& s, unsigned j) {
  if (!s.b_valid(j)) return false;
  for (unsigned i = 0; i + 1 < s.a_length; i += 2)
    if (s.b_at(j) >= s.a_at(i) && s.b_at(j) <= s.a_at(i + 1)) return true;
  return false;
}

bool equal_each(const Strings& s, unsigned j) {
  if (!s.a_valid(j) || !s.b_valid(j)) return s.a_valid(j) == s.b_valid(j);
  return s.a_at(j) == s.b_at(j);
}

/// a is found in b from lane j on, as far as the register reaches.
bool equal_ordered(const Strings& s, unsigned j) {
  for (unsigned i = 0; i < s.a_length && j + i < s.lanes; ++i)
    if (!s.b_valid(j + i) || s.a_at(i) != s.b_at(j + i)) return false;
  return true;
}

}  // namespace

unsigned implicit_length(const Xmm& string, u8 imm) {
  unsigned length = 0;
  while (length < lanes_of(imm) && lane(string, length, imm) != 0) ++length;
  return length;
}

unsigned explicit_length(i64 length, u8 imm) {
  const u64 magnitude = length < 0 ? 0 - static_cast<u64>(length) : static_cast<u64>(length);
  return magnitude > lanes_of(imm) ? lanes_of(imm) : static_cast<unsigned>(magnitude);
}

StringMatch compare_strings(const Xmm& a, unsigned a_length, const Xmm& b, unsigned b_length, u8 imm) {
  constexpr bool (*aggregations[])(const Strings&, unsigned) = {any_of, in_ranges, equal_each, equal_ordered};
  const Strings strings{a, b, a_length, b_length, lanes_of(imm), imm};
  StringMatch result;
  result.lanes = strings.lanes;
  result.a_ends = a_length < strings.lanes;
  result.b_ends = b_length < strings.lanes;
  for (unsigned j = 0; j < strings.lanes; ++j)
    if (aggregations[imm >> 2 & 3](strings, j)) result.matches |= 1u << j;
  const u32 all = (1u << strings.lanes) - 1, valid = (1u << b_length) - 1;
  if (imm & 0x10) result.matches ^= imm & 0x20 ? valid : all;
  return result;
}

u32 StringMatch::index(u8 imm) const {
  if (matches == 0) return lanes;
  return static_cast<u32>(imm & 0x40 ? 31 - __builtin_clz(matches) : __builtin_ctz(matches));
}

Xmm StringMatch::mask(u8 imm) const {
  if (!(imm & 0x40)) return {matches, 0};
  Array<Xmm, u8> r;
  const unsigned bytes = 16 / lanes;
  for (unsigned i = 0; i < 16; ++i) r[i] = matches >> (i / bytes) & 1 ? 0xff : 0;
  return r.vector();
}

}  // namespace lucid::cpu::simd
