// SPDX-License-Identifier: MIT
// Integer SIMD arithmetic: what happens in one lane, and the operations that combine neighbours.
#pragma once
#include <type_traits>

#include "core/cpu/simd/vector.h"

namespace lucid::cpu::simd {

/// Wide enough for the sum, difference or product of two lanes.
template <class T>
using Wider = std::conditional_t<sizeof(T) <= 2, i32, i64>;

template <class T, class W>
constexpr T saturate(W value) {
  constexpr W low = std::is_signed_v<T> ? -(W{1} << (8 * sizeof(T) - 1)) : 0;
  constexpr W high = (W{1} << (8 * sizeof(T) - std::is_signed_v<T>)) - 1;
  return static_cast<T>(value < low ? low : value > high ? high : value);
}

template <class T>
constexpr T all_ones_if(bool condition) {
  return static_cast<T>(condition ? ~T{0} : T{0});
}

// clang-format off
template <class T> T add(T a, T b) { return static_cast<T>(a + b); }
template <class T> T sub(T a, T b) { return static_cast<T>(a - b); }
template <class T> T add_saturated(T a, T b) { return saturate<T>(Wider<T>{a} + Wider<T>{b}); }
template <class T> T sub_saturated(T a, T b) { return saturate<T>(Wider<T>{a} - Wider<T>{b}); }
template <class T> T equal(T a, T b) { return all_ones_if<T>(a == b); }
template <class T> T greater(T a, T b) { return all_ones_if<T>(a > b); }
template <class T> T minimum(T a, T b) { return a < b ? a : b; }
template <class T> T maximum(T a, T b) { return a > b ? a : b; }
template <class T> T average(T a, T b) { return static_cast<T>((a + b + 1) >> 1); }
template <class T> T absolute(T, T b) { return static_cast<T>(b < 0 ? T{0} - static_cast<std::make_unsigned_t<T>>(b) : b); }
template <class T> T sign(T a, T b) { return static_cast<T>(b < 0 ? 0u - static_cast<u32>(a) : b == 0 ? 0 : static_cast<u32>(a)); }
template <class T> T multiply_low(T a, T b) { return static_cast<T>(static_cast<u32>(a) * static_cast<u32>(b)); }
template <class T> T multiply_high(T a, T b) { return static_cast<T>((i64{a} * i64{b}) >> 16); }
inline i16 multiply_rounded(i16 a, i16 b) { return static_cast<i16>(((a * b >> 14) + 1) >> 1); }
inline u64 multiply_low_halves(u64 a, u64 b) { return (a & 0xffffffff) * (b & 0xffffffff); }
inline i64 multiply_low_halves_signed(i64 a, i64 b) { return i64{static_cast<i32>(a)} * static_cast<i32>(b); }
inline u64 logic_and(u64 a, u64 b) { return a & b; }
inline u64 logic_andn(u64 a, u64 b) { return ~a & b; }
inline u64 logic_or(u64 a, u64 b) { return a | b; }
inline u64 logic_xor(u64 a, u64 b) { return a ^ b; }
// clang-format on

/// PMADDWD: sums of products of neighbours.
inline u32 multiply_add(u32 a, u32 b) {
  const i32 low = static_cast<i16>(a) * static_cast<i16>(b);
  const i32 high = static_cast<i16>(a >> 16) * static_cast<i16>(b >> 16);
  return static_cast<u32>(low) + static_cast<u32>(high);
}

/// PMADDUBSW: unsigned bytes of a by signed bytes of b.
inline u16 multiply_add_bytes(u16 a, u16 b) {
  const i32 low = static_cast<u8>(a) * static_cast<i8>(b);
  const i32 high = static_cast<u8>(a >> 8) * static_cast<i8>(b >> 8);
  return static_cast<u16>(saturate<i16>(low + high));
}

/// PSADBW
inline u64 sum_of_differences(u64 a, u64 b) {
  u64 sum = 0;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    const i32 difference = static_cast<u8>(a >> shift) - static_cast<u8>(b >> shift);
    sum += static_cast<u64>(difference < 0 ? -difference : difference);
  }
  return sum;
}

/// PHADDx, PHSUBx: results from a's pairs, then from b's.
template <class T, T (*f)(T, T)>
struct Horizontal {
  template <class V>
  static V apply(const V& a, const V& b) {
    const Array<V, T> x(a), y(b);
    constexpr unsigned half = lane_count<V, T> / 2;
    Array<V, T> r;
    for (unsigned i = 0; i < half; ++i) {
      r[i] = f(x[2 * i], x[2 * i + 1]);
      r[half + i] = f(y[2 * i], y[2 * i + 1]);
    }
    return r.vector();
  }
};

enum class Shift : u8 { left, right, right_signed };

template <class T, Shift kind>
T shifted(T value, u64 count) {
  constexpr u64 bits = 8 * sizeof(T);
  if constexpr (kind == Shift::right_signed) {
    return static_cast<T>(static_cast<std::make_signed_t<T>>(value) >> (count < bits ? count : bits - 1));
  }
  if (count >= bits) return 0;
  return static_cast<T>(kind == Shift::left ? value << count : value >> count);
}

/// All lanes by the count in the low 64 bits of b. (The immediate forms arrive here too.)
template <class T, Shift kind>
struct ShiftLanes {
  template <class V>
  static V apply(const V& a, const V& b) {
    Array<V, T> x(a);
    const u64 count = Array<V, u64>(b)[0];
    for (unsigned i = 0; i < x.size; ++i) x[i] = shifted<T, kind>(x[i], count);
    return x.vector();
  }
};

/// PHMINPOSUW: the smallest word and where it first is.
struct MinimumPosition {
  static Xmm apply(const Xmm&, const Xmm& b) {
    const Array<Xmm, u16> x(b);
    u64 best = 0;
    for (unsigned i = 1; i < x.size; ++i)
      if (x[i] < x[static_cast<unsigned>(best)]) best = i;
    return {best << 16 | x[static_cast<unsigned>(best)], 0};
  }
};

/// MPSADBW: eight sums of four differences between a block of b and the windows of a.
struct BlockDifferences {
  static Xmm apply(const Xmm& a, const Xmm& b, u8 imm) {
    const Array<Xmm, u8> x(a), y(b);
    const unsigned window = (imm >> 2 & 1) * 4u, block = (imm & 3) * 4u;
    Array<Xmm, u16> r;
    for (unsigned i = 0; i < r.size; ++i) {
      i32 sum = 0;
      for (unsigned k = 0; k < 4; ++k) {
        const i32 difference = x[window + i + k] - y[block + k];
        sum += difference < 0 ? -difference : difference;
      }
      r[i] = static_cast<u16>(sum);
    }
    return r.vector();
  }
};

}  // namespace lucid::cpu::simd
