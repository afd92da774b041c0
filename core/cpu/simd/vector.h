// SPDX-License-Identifier: MIT
// A SIMD register as an array of lanes. V is Xmm (128 bits) or Mmx (64 bits).
// A kernel is a type with a static apply: on (a, b) or (a, b, immediate); a is also the destination.
#pragma once
#include <cstring>

#include "core/base/types.h"
#include "core/cpu/state.h"

namespace lucid::cpu::simd {

using Mmx = u64;

template <class V, class T>
constexpr unsigned lane_count = sizeof(V) / sizeof(T);

template <class V, class T>
struct Array {
  static constexpr unsigned size = lane_count<V, T>;
  T lane[size];

  Array() = default;
  explicit Array(const V& v) { std::memcpy(lane, &v, sizeof(V)); }
  V vector() const {
    V v;
    std::memcpy(&v, lane, sizeof(V));
    return v;
  }
  T& operator[](unsigned i) { return lane[i]; }
  T operator[](unsigned i) const { return lane[i]; }
};

/// f on each pair of lanes.
template <class T, T (*f)(T, T)>
struct Lanes {
  template <class V>
  static V apply(const V& a, const V& b) {
    Array<V, T> x(a);
    const Array<V, T> y(b);
    for (unsigned i = 0; i < x.size; ++i) x[i] = f(x[i], y[i]);
    return x.vector();
  }
};

}  // namespace lucid::cpu::simd
