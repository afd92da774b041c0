// SPDX-License-Identifier: MIT
// MUL, IMUL, DIV, IDIV. The memory forms fetch their operand into slot_temp first.
// Undefined flags: after a multiplication SF and PF follow the low half, ZF and AF are clear, as on
// Intel processors; a division leaves all flags as they were.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

template <typename T>
struct Twice;
template <>
struct Twice<u8> {
  using Unsigned = u16;
  using Signed = i16;
};
template <>
struct Twice<u16> {
  using Unsigned = u32;
  using Signed = i32;
};
template <>
struct Twice<u32> {
  using Unsigned = u64;
  using Signed = i64;
};
template <>
struct Twice<u64> {
  using Unsigned = u128;
  using Signed = i128;
};

template <typename T>
LUCID_INLINE void multiply_flags(Flags& f, T low, bool overflow) {
  f.set_result(low);
  f.zero_source = 1;
  f.set_carries(overflow, overflow, false);
}

/// The double-width accumulator: AX, DX:AX, EDX:EAX, RDX:RAX.
template <typename T>
LUCID_INLINE typename Twice<T>::Unsigned wide_accumulator(const Core& c) {
  using Wide = typename Twice<T>::Unsigned;
  if constexpr (sizeof(T) == 1)
    return c.get<u16>(slot_of(rax));
  else
    return static_cast<Wide>(Wide{c.get<T>(slot_of(rdx))} << (8 * sizeof(T)) | c.get<T>(slot_of(rax)));
}
template <typename T>
LUCID_INLINE void set_halves(Core& c, T low, T high) {
  c.set<T>(slot_of(rax), low);
  if constexpr (sizeof(T) == 1)
    c.set<T>(static_cast<Slot>(slot_of(rax) + 1), high);
  else
    c.set<T>(slot_of(rdx), high);
}

template <typename T>
LUCID_HANDLER Flow mul(Core& c, const MicroOp& op) {
  using Wide = typename Twice<T>::Unsigned;
  const Wide product = static_cast<Wide>(Wide{c.get<T>(slot_of(rax))} * c.get<T>(op.src));
  const T low = static_cast<T>(product), high = static_cast<T>(product >> (8 * sizeof(T)));
  set_halves<T>(c, low, high);
  multiply_flags<T>(c.flags, low, high != 0);
  return Flow::next;
}

template <typename T>
LUCID_INLINE typename Twice<T>::Signed signed_product(T a, T b) {
  using Wide = typename Twice<T>::Signed;
  return static_cast<Wide>(Wide{static_cast<std::make_signed_t<T>>(a)} * static_cast<std::make_signed_t<T>>(b));
}

template <typename T>
LUCID_HANDLER Flow imul(Core& c, const MicroOp& op) {
  const auto product = signed_product<T>(c.get<T>(slot_of(rax)), c.get<T>(op.src));
  const T low = static_cast<T>(product);
  set_halves<T>(c, low, static_cast<T>(product >> (8 * sizeof(T))));
  multiply_flags<T>(c.flags, low, product != static_cast<std::make_signed_t<T>>(low));
  return Flow::next;
}

template <typename T>
LUCID_INLINE void imul_into(Core& c, Slot dst, T a, T b) {
  const auto product = signed_product<T>(a, b);
  const T low = static_cast<T>(product);
  c.set<T>(dst, low);
  multiply_flags<T>(c.flags, low, product != static_cast<std::make_signed_t<T>>(low));
}
template <typename T>
LUCID_HANDLER Flow imul_rr(Core& c, const MicroOp& op) {
  imul_into<T>(c, op.dst, c.get<T>(op.dst), c.get<T>(op.src));
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow imul_rri(Core& c, const MicroOp& op) {
  imul_into<T>(c, op.dst, c.get<T>(op.src), static_cast<T>(op.imm));
  return Flow::next;
}

template <typename T>
LUCID_HANDLER Flow div(Core& c, const MicroOp& op) {
  const T divisor = c.get<T>(op.src);
  if (divisor == 0) return c.raise(Vector::divide_error);
  const auto dividend = wide_accumulator<T>(c);
  if (dividend >> (8 * sizeof(T)) >= divisor) return c.raise(Vector::divide_error);
  if constexpr (sizeof(T) == 8) {  // a compiler's 128-bit division is a slow call, and rarely needed
    if (dividend >> 64 == 0) {
      const u64 low = static_cast<u64>(dividend);
      set_halves<u64>(c, low / divisor, low % divisor);
      return Flow::next;
    }
  }
  set_halves<T>(c, static_cast<T>(dividend / divisor), static_cast<T>(dividend % divisor));
  return Flow::next;
}

/// Divides magnitudes, so that no host division can overflow.
template <typename T>
LUCID_HANDLER Flow idiv(Core& c, const MicroOp& op) {
  using Wide = typename Twice<T>::Unsigned;
  constexpr unsigned bits = 8 * sizeof(T);
  const T raw = c.get<T>(op.src);
  const Wide accumulator = wide_accumulator<T>(c);
  const bool minus = accumulator >> (2 * bits - 1) & 1, minus_divisor = raw >> (bits - 1) & 1;
  const Wide dividend = minus ? static_cast<Wide>(-accumulator) : accumulator;
  const T divisor = minus_divisor ? static_cast<T>(-raw) : raw;
  if (divisor == 0 || dividend >> bits >= divisor) return c.raise(Vector::divide_error);
  const T quotient = static_cast<T>(dividend / divisor), remainder = static_cast<T>(dividend % divisor);
  const T limit = static_cast<T>(T{1} << (bits - 1));
  if (minus != minus_divisor ? quotient > limit : quotient >= limit) return c.raise(Vector::divide_error);
  set_halves<T>(c, minus != minus_divisor ? static_cast<T>(-quotient) : quotient,
                minus ? static_cast<T>(-remainder) : remainder);
  return Flow::next;
}

}  // namespace lucid::cpu::exec
