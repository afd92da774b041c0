// SPDX-License-Identifier: MIT
// MMX and SSE instructions as handlers see them: registers by number, one source operand that is a
// register or memory, and the conditions under which the instruction may run at all.
//
// MicroOp: dst, src  register numbers         width  bytes of the memory operand, 0 = src is a register
//          imm       the immediate byte
#pragma once
#include "core/cpu/exec/fpu_ready.h"
#include "core/cpu/memory.h"
#include "core/cpu/simd/vector.h"

namespace lucid::cpu::exec {

template <class V>
LUCID_INLINE V vector_of(const Core& c, unsigned number) {
  if constexpr (sizeof(V) == 16)
    return c.state.xmm[number];
  else
    return c.state.fpu.reg[number].mantissa;
}

template <class V>
LUCID_INLINE void set_vector(Core& c, unsigned number, const V& value) {
  if constexpr (sizeof(V) == 16)
    c.state.xmm[number] = value;
  else
    c.state.fpu.reg[number] = {value, 0xffff};
}

/// What a completed MMX instruction does to the x87 state: TOP 0, all registers in use (SDM vol. 1, 9.5.1).
LUCID_INLINE void note_mmx(Core& c) {
  fp::set_top(c.state.fpu, 0);
  c.state.fpu.tag = 0;
}
template <class V>
LUCID_INLINE void note_used(Core& c) {
  if constexpr (sizeof(V) == 8) note_mmx(c);
}

/// The instruction may run: SSE for Xmm, MMX for u64. Otherwise a fault is set.
template <class V>
LUCID_INLINE bool ready(Core& c) {
  if constexpr (sizeof(V) == 16)
    return sse_ready(c);
  else
    return mmx_ready(c);
}

/// A 16-byte memory operand that must be aligned.
LUCID_INLINE bool aligned(Core& c, const MicroOp& op) {
  if (LUCID_LIKELY((address(c, op) & 15) == 0)) return true;
  c.general_protection();
  return false;
}

/// Memory operands shorter than the register arrive in its low part, the rest zero.
bool load_part(Core& c, const MicroOp& op, void* out, unsigned size);

template <class V>
LUCID_INLINE bool source(Core& c, const MicroOp& op, V& out) {
  if (op.width == 0) {
    out = vector_of<V>(c, op.src);
    return true;
  }
  if (op.width != sizeof(V)) return load_part(c, op, &out, sizeof(V));
  if (sizeof(V) == 16 && !aligned(c, op)) return false;
  return load<V>(c, op, out);
}

}  // namespace lucid::cpu::exec
