// SPDX-License-Identifier: MIT
// Two-operand arithmetic and logic: ADD OR ADC SBB AND SUB XOR CMP TEST, and INC DEC NEG NOT.
// An operation is a type with `apply`; its operand forms are the templates below it.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

// clang-format off
struct Add { template <typename T> static T apply(Flags& f, T a, T b) { const T r = static_cast<T>(a + b); f.after_add(a, b, r); return r; } };
struct Adc { template <typename T> static T apply(Flags& f, T a, T b) { const T r = static_cast<T>(a + b + f.cf()); f.after_add(a, b, r); return r; } };
struct Sub { template <typename T> static T apply(Flags& f, T a, T b) { const T r = static_cast<T>(a - b); f.after_sub(a, b, r); return r; } };
struct Sbb { template <typename T> static T apply(Flags& f, T a, T b) { const T r = static_cast<T>(a - b - f.cf()); f.after_sub(a, b, r); return r; } };
struct And { template <typename T> static T apply(Flags& f, T a, T b) { const T r = a & b; f.after_logic(r); return r; } };
struct Or  { template <typename T> static T apply(Flags& f, T a, T b) { const T r = a | b; f.after_logic(r); return r; } };
struct Xor { template <typename T> static T apply(Flags& f, T a, T b) { const T r = a ^ b; f.after_logic(r); return r; } };
// One operand.
struct Inc { template <typename T> static T apply(Flags& f, T a) { const bool c = f.cf(); const T r = static_cast<T>(a + 1); f.after_add<T>(a, 1, r); f.keep_cf(c); return r; } };
struct Dec { template <typename T> static T apply(Flags& f, T a) { const bool c = f.cf(); const T r = static_cast<T>(a - 1); f.after_sub<T>(a, 1, r); f.keep_cf(c); return r; } };
struct Neg { template <typename T> static T apply(Flags& f, T a) { const T r = static_cast<T>(-a); f.after_sub<T>(0, a, r); return r; } };
struct Not { template <typename T> static T apply(Flags&, T a) { return static_cast<T>(~a); } };
// clang-format on

template <typename F, typename T>
LUCID_HANDLER Flow binary_rr(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, F::template apply<T>(c.flags, c.get<T>(op.dst), c.get<T>(op.src)));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow binary_ri(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, F::template apply<T>(c.flags, c.get<T>(op.dst), static_cast<T>(op.imm)));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow binary_rm(Core& c, const MicroOp& op) {
  T value;
  if (!load<T>(c, op, value)) return Flow::fault;
  c.set<T>(op.dst, F::template apply<T>(c.flags, c.get<T>(op.dst), value));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow binary_mr(Core& c, const MicroOp& op) {
  const T value = c.get<T>(op.src);
  if (!modify<T>(c, op, [&](T old) { return F::template apply<T>(c.flags, old, value); })) return Flow::fault;
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow binary_mi(Core& c, const MicroOp& op) {
  if (!modify<T>(c, op, [&](T old) { return F::template apply<T>(c.flags, old, static_cast<T>(op.imm)); })) {
    return Flow::fault;
  }
  return Flow::next;
}

// CMP and TEST: as SUB and AND, without writing the result.
template <typename F, typename T>
LUCID_HANDLER Flow compare_rr(Core& c, const MicroOp& op) {
  F::template apply<T>(c.flags, c.get<T>(op.dst), c.get<T>(op.src));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow compare_ri(Core& c, const MicroOp& op) {
  F::template apply<T>(c.flags, c.get<T>(op.dst), static_cast<T>(op.imm));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow compare_rm(Core& c, const MicroOp& op) {
  T value;
  if (!load<T>(c, op, value)) return Flow::fault;
  F::template apply<T>(c.flags, c.get<T>(op.dst), value);
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow compare_mr(Core& c, const MicroOp& op) {
  T value;
  if (!load<T>(c, op, value)) return Flow::fault;
  F::template apply<T>(c.flags, value, c.get<T>(op.src));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow compare_mi(Core& c, const MicroOp& op) {
  T value;
  if (!load<T>(c, op, value)) return Flow::fault;
  F::template apply<T>(c.flags, value, static_cast<T>(op.imm));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow unary_r(Core& c, const MicroOp& op) {
  c.set<T>(op.dst, F::template apply<T>(c.flags, c.get<T>(op.dst)));
  return Flow::next;
}

template <typename F, typename T>
LUCID_HANDLER Flow unary_m(Core& c, const MicroOp& op) {
  if (!modify<T>(c, op, [&](T old) { return F::template apply<T>(c.flags, old); })) return Flow::fault;
  return Flow::next;
}

}  // namespace lucid::cpu::exec
