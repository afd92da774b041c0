// SPDX-License-Identifier: MIT
#include "core/cpu/fp/sse.h"

namespace lucid::cpu::fp {

Env sse_env(u32 mxcsr) {
  Env env;
  env.rounding = static_cast<Rounding>(mxcsr >> 13 & 3);
  env.masked = static_cast<u8>(mxcsr >> 7 & 0x3f);
  env.denormals_are_zero = mxcsr >> 6 & 1;
  env.flush_to_zero = mxcsr >> 15 & 1;
  env.only_result_matters = (mxcsr & 0x7f80) == 0x1f80 && (mxcsr & precision);
  return env;
}

namespace {

template <class F>
struct Host;
template <>
struct Host<Single> {
  using Type = float;
};
template <>
struct Host<Double> {
  using Type = double;
};

/// Fast path. With round-to-nearest, all exceptions masked and PE already set, IEEE arithmetic of the host on
/// normal operands gives the same bits everywhere and raises nothing new, as long as the result is normal and
/// not the smallest normal (which may have been tiny). This library is built without contraction to FMA.
template <class F>
bool is_ordinary(typename F::Bits bits) {
  const u32 exponent = static_cast<u32>(bits >> (F::precision - 1)) & F::max_exponent;
  return exponent - 2 < F::max_exponent - 2;
}

template <class F>
bool host_operate(SseOp op, typename F::Bits a, typename F::Bits b, typename F::Bits& result) {
  using Type = typename Host<F>::Type;
  if (!is_ordinary<F>(b) || (op != SseOp::square_root && !is_ordinary<F>(a))) return false;
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
      if (y < 0) return false;
      if constexpr (sizeof(Type) == 4)
        r = __builtin_sqrtf(y);
      else
        r = __builtin_sqrt(y);
      break;
  }
  result = __builtin_bit_cast(typename F::Bits, r);
  return is_ordinary<F>(result);
}

/// MINxx and MAXxx are not symmetric: any NaN, or two zeros, give the second operand (SDM vol. 2, MINPS).
template <class F>
typename F::Bits select(SseOp op, typename F::Bits a, typename F::Bits b, Env& env) {
  const Unpacked x = unpack<F>(a, env), y = unpack<F>(b, env);
  const Order order = compare(x, y, Nans::all, env);
  const bool first = order == (op == SseOp::minimum ? Order::less : Order::greater);
  const Unpacked& chosen = first ? x : y;
  if (chosen.kind == Kind::zero) return pack<F>(chosen, env);  // a denormal operand may count as zero
  return first ? a : b;
}

}  // namespace

template <class F>
typename F::Bits sse_operate(SseOp op, typename F::Bits a, typename F::Bits b, Env& env) {
  typename F::Bits result;
  if (env.only_result_matters && host_operate<F>(op, a, b, result)) return result;
  const Unpacked y = unpack<F>(b, env);
  switch (op) {
    case SseOp::add:
      return pack<F>(add(unpack<F>(a, env), y, env), env);
    case SseOp::subtract:
      return pack<F>(subtract(unpack<F>(a, env), y, env), env);
    case SseOp::multiply:
      return pack<F>(multiply(unpack<F>(a, env), y, env), env);
    case SseOp::divide:
      return pack<F>(divide(unpack<F>(a, env), y, env), env);
    case SseOp::square_root:
      return pack<F>(square_root(y, env), env);
    default:
      return select<F>(op, a, b, env);
  }
}

template <class F>
bool sse_compare(unsigned predicate, typename F::Bits a, typename F::Bits b, Env& env) {
  const bool ordering = (predicate & 3) == 1 || (predicate & 3) == 2;
  const Order order = sse_order<F>(a, b, ordering ? Nans::all : Nans::only_signalling, env);
  bool holds = false;
  switch (predicate & 3) {
    case 0:
      holds = order == Order::equal;
      break;
    case 1:
      holds = order == Order::less;
      break;
    case 2:
      holds = order == Order::less || order == Order::equal;
      break;
    case 3:
      holds = order == Order::unordered;
      break;
  }
  return holds != (predicate >> 2 & 1);
}

template <class F>
Order sse_order(typename F::Bits a, typename F::Bits b, Nans invalid_nans, Env& env) {
  if (is_ordinary<F>(a) && is_ordinary<F>(b)) {  // sign-magnitude integers order as the values do
    using Type = typename Host<F>::Type;
    const Type x = __builtin_bit_cast(Type, a), y = __builtin_bit_cast(Type, b);
    return x < y ? Order::less : x > y ? Order::greater : Order::equal;
  }
  return compare(unpack<F>(a, env), unpack<F>(b, env), invalid_nans, env);
}

template <class F>
typename F::Bits sse_round(typename F::Bits a, unsigned control, Env& env) {
  Env inner = env;
  if (!(control & 4)) inner.rounding = static_cast<Rounding>(control & 3);
  const Unpacked whole = round_to_integral(unpack<F>(a, env), inner);
  if (control & 8) inner.raised &= static_cast<u8>(~precision);
  env.raise(inner.raised);
  return pack<F>(whole, env);
}

template <class F>
i64 sse_to_integer(typename F::Bits a, int bits, Conversion how, Env& env) {
  Env inner = env;
  if (how == Conversion::truncated) inner.rounding = Rounding::zero;
  const i64 result = to_integer(unpack<F>(a, env), bits, inner);
  env.raise(inner.raised);
  return result;
}

template <class F>
typename F::Bits sse_from_integer(i64 value, Env& env) {
  return pack<F>(from_integer(value), env);
}

u64 single_to_double(u32 a, Env& env) {
  if (is_ordinary<Single>(a)) return __builtin_bit_cast(u64, double{__builtin_bit_cast(float, a)});
  return pack<Double>(convert(unpack<Single>(a, env), env), env);
}

u32 double_to_single(u64 a, Env& env) { return pack<Single>(convert(unpack<Double>(a, env), env), env); }

#define LUCID_INSTANTIATE(F)                                      \
  template F::Bits sse_operate<F>(SseOp, F::Bits, F::Bits, Env&); \
  template bool sse_compare<F>(unsigned, F::Bits, F::Bits, Env&); \
  template Order sse_order<F>(F::Bits, F::Bits, Nans, Env&);      \
  template F::Bits sse_round<F>(F::Bits, unsigned, Env&);         \
  template i64 sse_to_integer<F>(F::Bits, int, Conversion, Env&); \
  template F::Bits sse_from_integer<F>(i64, Env&);
LUCID_INSTANTIATE(Single)
LUCID_INSTANTIATE(Double)
#undef LUCID_INSTANTIATE

}  // namespace lucid::cpu::fp
