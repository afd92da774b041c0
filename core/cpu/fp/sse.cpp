// SPDX-License-Identifier: MIT
#include "core/cpu/fp/sse.h"

#include "core/cpu/fp/host_fast.h"

namespace lucid::cpu::fp {

Env sse_env(u32 mxcsr) {
  Env env;
  env.rounding = static_cast<Rounding>(mxcsr >> 13 & 3);
  env.masked = static_cast<u8>(mxcsr >> 7 & 0x3f);
  env.denormals_are_zero = mxcsr >> 6 & 1;
  env.flush_to_zero = mxcsr >> 15 & 1;
  return env;
}

namespace {

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
  if (is_ordinary<F>(a) && is_ordinary<F>(b)) {
    using Type = HostType<F>;
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
