// SPDX-License-Identifier: MIT
// MOV, MOVZX, MOVSX, LEA, XCHG, CMOVcc, SETcc, BSWAP, and the sign extensions CBW … CQO.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

template <typename T>
LUCID_HANDLER Flow mov_rr(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, c.get<T>(op.src));
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow mov_ri(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, static_cast<T>(op.imm));
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow mov_rm(Core& c, const MicroOp& op) {
  T value;
  if (!load<T>(c, op, value)) return Flow::fault;
  c.set<T>(op.dst, value);
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow mov_mr(Core& c, const MicroOp& op) {
  return store<T>(c, op, c.get<T>(op.src)) ? Flow::next : Flow::fault;
}
template <typename T>
LUCID_HANDLER Flow mov_mi(Core& c, const MicroOp& op) {
  return store<T>(c, op, static_cast<T>(op.imm)) ? Flow::next : Flow::fault;
}

/// MOVZX and MOVSX: From and To are unsigned for zero extension, signed for sign extension.
template <typename To, typename From>
LUCID_HANDLER Flow extend_rr(Core& c, const MicroOp& op) {
  c.set<To>(op.dst, static_cast<To>(c.get<From>(op.src)));
  return Flow::next;
}
template <typename To, typename From>
LUCID_HANDLER Flow extend_rm(Core& c, const MicroOp& op) {
  From value;
  if (!load<From>(c, op, value)) return Flow::fault;
  c.set<To>(op.dst, static_cast<To>(value));
  return Flow::next;
}

template <typename T>
LUCID_HANDLER Flow lea(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, static_cast<T>(address(c, op)));
  return Flow::next;
}

template <typename T>
LUCID_HANDLER Flow xchg_rr(Core& c, const MicroOp& op) {
  const T a = c.get<T>(op.dst), b = c.get<T>(op.src);
  c.set<T>(op.dst, b);
  c.set<T>(op.src, a);
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow xchg_mr(Core& c, const MicroOp& op) {
  const T value = c.get<T>(op.src);
  const auto change = [&](T old) {
    c.set<T>(op.src, old);
    return value;
  };
  return modify<T>(c, op, change) ? Flow::next : Flow::fault;
}

/// A 32-bit CMOV clears the upper half whether or not it moves.
template <typename T, unsigned cc>
LUCID_HANDLER Flow cmov(Core& c, const MicroOp& op) {
  const T value = condition<cc>(c.flags) ? c.get<T>(op.src) : c.get<T>(op.dst);
  c.set<T>(op.dst, value);
  return Flow::next;
}
template <unsigned cc>
LUCID_HANDLER Flow setcc(Core& c, const MicroOp& op) {
  c.set<u8>(op.dst, condition<cc>(c.flags));
  return Flow::next;
}

template <typename T>
LUCID_HANDLER T byte_swapped(T value) {
  if constexpr (sizeof(T) == 8)
    return __builtin_bswap64(value);
  else if constexpr (sizeof(T) == 4)
    return __builtin_bswap32(value);
  else
    return __builtin_bswap16(value);
}
/// BSWAP of a 16-bit register is undefined; processors write zero.
template <typename T>
LUCID_HANDLER Flow bswap(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, sizeof(T) == 2 ? T{0} : byte_swapped(c.get<T>(op.dst)));
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow movbe(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, byte_swapped(c.get<T>(op.src)));
  return Flow::next;
}

/// CBW, CWDE, CDQE: the lower half of the accumulator into all of it.
template <typename To, typename From>
LUCID_HANDLER Flow extend_accumulator(Core& c, const MicroOp&) {
  c.set<To>(slot_of(rax), static_cast<To>(c.get<From>(slot_of(rax))));
  return Flow::next;
}
/// CWD, CDQ, CQO: the sign of the accumulator into all of rDX.
template <typename T>
LUCID_HANDLER Flow sign_to_data(Core& c, const MicroOp&) {
  c.set<T>(slot_of(rdx), static_cast<T>(sign_extend(c.get<T>(slot_of(rax))) >> 63 ? ~T{0} : T{0}));
  return Flow::next;
}

}  // namespace lucid::cpu::exec
