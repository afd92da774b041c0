// SPDX-License-Identifier: MIT
// Integer SIMD operations that move lanes: interleave, pack, shuffle, align, extend, blend.
#pragma once
#include "core/cpu/simd/arith.h"

namespace lucid::cpu::simd {

enum class Half : u8 { low, high };

/// PUNPCKxx, UNPCKxx
template <class T, Half half>
struct Interleave {
  template <class V>
  static V apply(const V& a, const V& b) {
    const Array<V, T> x(a), y(b);
    constexpr unsigned from = half == Half::high ? lane_count<V, T> / 2 : 0;
    Array<V, T> r;
    for (unsigned i = 0; i < r.size / 2; ++i) {
      r[2 * i] = x[from + i];
      r[2 * i + 1] = y[from + i];
    }
    return r.vector();
  }
};

/// PACKxx: lanes of type From saturated to To, a's in the lower half.
template <class From, class To>
struct Pack {
  template <class V>
  static V apply(const V& a, const V& b) {
    const Array<V, From> x(a), y(b);
    Array<V, To> r;
    for (unsigned i = 0; i < x.size; ++i) {
      r[i] = saturate<To>(Wider<From>{x[i]});
      r[x.size + i] = saturate<To>(Wider<From>{y[i]});
    }
    return r.vector();
  }
};

/// PSHUFB
struct ShuffleBytes {
  template <class V>
  static V apply(const V& a, const V& b) {
    const Array<V, u8> x(a), y(b);
    Array<V, u8> r;
    for (unsigned i = 0; i < r.size; ++i) r[i] = y[i] & 0x80 ? u8{0} : x[y[i] & (r.size - 1)];
    return r.vector();
  }
};

/// Four lanes of b chosen by the immediate, from lane `first` on; the others are b's.
template <class T, unsigned first>
struct Shuffle {
  template <class V>
  static V apply(const V&, const V& b, u8 imm) {
    const Array<V, T> x(b);
    Array<V, T> r = x;
    for (unsigned i = 0; i < 4; ++i) r[first + i] = x[first + (imm >> (2 * i) & 3)];
    return r.vector();
  }
};

struct ShuffleSingles {  // SHUFPS
  static Xmm apply(const Xmm& a, const Xmm& b, u8 imm) {
    const Array<Xmm, u32> x(a), y(b);
    Array<Xmm, u32> r;
    for (unsigned i = 0; i < 4; ++i) r[i] = (i < 2 ? x : y)[imm >> (2 * i) & 3];
    return r.vector();
  }
};

struct ShuffleDoubles {  // SHUFPD
  static Xmm apply(const Xmm& a, const Xmm& b, u8 imm) { return {imm & 1 ? a.high : a.low, imm & 2 ? b.high : b.low}; }
};

/// PALIGNR: bytes of a:b from `imm` on.
struct Align {
  template <class V>
  static V apply(const V& a, const V& b, u8 imm) {
    const Array<V, u8> x(a), y(b);
    Array<V, u8> r;
    for (unsigned i = 0; i < r.size; ++i) {
      const unsigned from = i + imm;
      r[i] = from < r.size ? y[from] : from < 2 * r.size ? x[from - r.size] : u8{0};
    }
    return r.vector();
  }
};

struct ShiftBytesLeft {  // PSLLDQ
  static Xmm apply(const Xmm& a, const Xmm&, u8 imm) {
    return imm > 15 ? Xmm{} : Align::apply(a, Xmm{}, static_cast<u8>(16 - imm));
  }
};

struct ShiftBytesRight {  // PSRLDQ
  static Xmm apply(const Xmm& a, const Xmm&, u8 imm) { return Align::apply(Xmm{}, a, imm); }
};

/// PMOVSX, PMOVZX: the lower lanes of b, wider.
template <class From, class To>
struct Extend {
  static Xmm apply(const Xmm&, const Xmm& b) {
    const Array<Xmm, From> x(b);
    Array<Xmm, To> r;
    for (unsigned i = 0; i < r.size; ++i) r[i] = static_cast<To>(x[i]);
    return r.vector();
  }
};

/// PBLENDW, BLENDPS, BLENDPD
template <class T>
struct Blend {
  static Xmm apply(const Xmm& a, const Xmm& b, u8 imm) {
    Array<Xmm, T> x(a);
    const Array<Xmm, T> y(b);
    for (unsigned i = 0; i < x.size; ++i)
      if (imm >> i & 1) x[i] = y[i];
    return x.vector();
  }
};

/// PBLENDVB, BLENDVPS, BLENDVPD: by the sign of XMM0's lanes.
template <class T>
struct BlendVariable {
  static Xmm apply(const Xmm& a, const Xmm& b, const Xmm& mask) {
    Array<Xmm, T> x(a);
    const Array<Xmm, T> y(b), m(mask);
    for (unsigned i = 0; i < x.size; ++i)
      if (m[i] >> (8 * sizeof(T) - 1)) x[i] = y[i];
    return x.vector();
  }
};

/// INSERTPS; a memory operand is in lane 0 of b and has no source selector.
struct InsertSingle {
  static Xmm apply(const Xmm& a, const Xmm& b, u8 imm) {
    Array<Xmm, u32> r(a);
    r[imm >> 4 & 3] = Array<Xmm, u32>(b)[imm >> 6];
    for (unsigned i = 0; i < 4; ++i)
      if (imm >> i & 1) r[i] = 0;
    return r.vector();
  }
};

struct DuplicateLow {  // MOVDDUP
  static Xmm apply(const Xmm&, const Xmm& b) { return {b.low, b.low}; }
};
template <unsigned odd>
struct DuplicateSingles {  // MOVSLDUP, MOVSHDUP
  static Xmm apply(const Xmm&, const Xmm& b) {
    const Array<Xmm, u32> x(b);
    return {x[odd] * u64{0x100000001}, x[2 + odd] * u64{0x100000001}};
  }
};

/// The sign bits of the lanes, lane 0 in bit 0.
template <class T, class V>
u32 sign_mask(const V& v) {
  const Array<V, T> x(v);
  u32 mask = 0;
  for (unsigned i = 0; i < x.size; ++i) mask |= static_cast<u32>(x[i] >> (8 * sizeof(T) - 1)) << i;
  return mask;
}

}  // namespace lucid::cpu::simd
