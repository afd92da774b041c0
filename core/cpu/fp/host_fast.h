// SPDX-License-Identifier: MIT
// The fast path of SSE arithmetic. With round-to-nearest, all exceptions masked, no DAZ or FTZ and PE already set,
// an operation can change nothing but its result, and the host's IEEE arithmetic gives the same bits on every
// host as long as no NaN, infinity or denormal operand and no overflow or inexact tiny result is involved.
// Whoever includes this is built without contraction to FMA (-ffp-contract=off).
#pragma once
#include <type_traits>

#include "core/cpu/fp/sse.h"

namespace lucid::cpu::fp {

inline bool only_result_matters(u32 mxcsr) { return (mxcsr & 0xffe0) == 0x1fa0; }

template <class F>
using HostType = std::conditional_t<std::is_same_v<F, Single>, float, double>;

template <class F>
constexpr bool is_zero(typename F::Bits bits) {
  return static_cast<typename F::Bits>(bits << 1) == 0;
}

/// Normal, and not of the smallest exponent.
template <class F>
constexpr bool is_ordinary(typename F::Bits bits) {
  const u32 exponent = static_cast<u32>(bits >> (F::precision - 1)) & F::max_exponent;
  return exponent - 2 < F::max_exponent - 2;
}

/// False if the exact way must be taken.
template <class F, SseOp op>
inline bool host_operate(typename F::Bits a, typename F::Bits b, typename F::Bits& result) {
  using Type = HostType<F>;
  const bool a_zero = is_zero<F>(a), b_zero = is_zero<F>(b);
  if (!is_ordinary<F>(b) && (op == SseOp::divide || !b_zero)) return false;
  if (op != SseOp::square_root && !is_ordinary<F>(a) && !a_zero) return false;
  const Type x = __builtin_bit_cast(Type, a), y = __builtin_bit_cast(Type, b);
  Type r = 0;
  switch (op) {
    case SseOp::add:
      r = x + y;
      break;
    case SseOp::subtract:
      r = x - y;
      break;
    case SseOp::multiply:
      r = x * y;
      break;
    case SseOp::divide:
      r = x / y;
      break;
    case SseOp::minimum:
      r = x < y ? x : y;
      break;
    case SseOp::maximum:
      r = x > y ? x : y;
      break;
    case SseOp::square_root:
      if (b >> (8 * sizeof(b) - 1)) return false;
      if constexpr (sizeof(Type) == 4)
        r = __builtin_sqrtf(y);
      else
        r = __builtin_sqrt(y);
      break;
  }
  result = __builtin_bit_cast(typename F::Bits, r);
  if (is_ordinary<F>(result)) return true;
  if (!is_zero<F>(result)) return false;
  switch (op) {  // an exact zero, or one that was rounded to?
    case SseOp::multiply:
      return a_zero || b_zero;
    case SseOp::divide:
      return a_zero;
    default:
      return true;
  }
}

/// As sse_operate, the fast way if possible.
template <class F, SseOp op>
inline typename F::Bits sse_operate_fast(typename F::Bits a, typename F::Bits b, u32 mxcsr, Env& env) {
  typename F::Bits result;
  if (only_result_matters(mxcsr) && host_operate<F, op>(a, b, result)) return result;
  return sse_operate<F>(op, a, b, env);
}

}  // namespace lucid::cpu::fp
