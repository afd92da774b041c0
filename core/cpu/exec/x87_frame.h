// SPDX-License-Identifier: MIT
// What every x87 handler begins and ends with, and its operands.
//
// Pointers are kept as recent Intel processors do: FIP by every instruction, FOP and FDP only by one that leaves an
// unmasked exception behind, FCS and FDS always 0 (CPUID.7.EBX bits 6 and 13).
#pragma once
#include "core/cpu/exec/fpu_ready.h"
#include "core/cpu/exec/x87.h"
#include "core/cpu/fp/arith.h"
#include "core/cpu/fp/convert.h"
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

inline Flow x87_done(Core& c, const MicroOp& op) {
  X87& x = c.state.fpu;
  x.instruction_pointer = c.ip_of(op);
  if (x.status & fp::x87::summary) {
    x.opcode = op.imm & 0x7ff;
    if (op.width != 0) x.data_pointer = address(c, op);
  }
  return Flow::next;
}

/// An operand; empty if it is a stack register without a value.
struct X87Operand {
  fp::Unpacked value;
  bool empty = false;
};

inline X87Operand x87_register(const X87& x, unsigned i) {
  return {fp::unpack<fp::Extended>(fp::st(x, i), fp::Env{}), fp::is_empty(x, i)};
}

/// False with a fault set if the access faults.
bool x87_load(Core& c, const MicroOp& op, fp::Unpacked& out);
inline bool x87_source(Core& c, const MicroOp& op, X87Operand& out) {
  if (op.width != 0) return x87_load(c, op, out.value);
  out = x87_register(c.state.fpu, op.src);
  return true;
}

inline void x87_set(X87& x, unsigned i, const F80& value) {
  fp::st(x, i) = value;
  fp::set_used(x, i);
}

inline void x87_pop(X87& x, unsigned count) {
  for (; count != 0; --count) fp::pop(x);
}

/// An environment for results that precision control does not concern.
inline fp::Env x87_full_env(const X87& x) {
  fp::Env env = fp::x87_env(x.control);
  env.significand_bits = 64;
  return env;
}

/// Pushes; a register in the way is a stack overflow.
void x87_push(X87& x, const F80& value);
/// The overflow that a push would meet; false if there is none.
inline bool x87_full(const X87& x) { return !fp::is_empty(x, 7); }

}  // namespace lucid::cpu::exec
