// SPDX-License-Identifier: MIT
#include "core/cpu/exec/simd_move.h"

namespace lucid::cpu::exec {

using simd::Mmx;

Flow move_high_to_low(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  c.state.xmm[op.dst].low = c.state.xmm[op.src].high;
  return Flow::next;
}

Flow move_low_to_high(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  c.state.xmm[op.dst].high = c.state.xmm[op.src].low;
  return Flow::next;
}

namespace {

Flow set_mmx(Core& c, unsigned number, u64 value) {
  set_vector<Mmx>(c, number, value);
  note_mmx(c);
  return Flow::next;
}

template <class T>
Flow load_m(Core& c, const MicroOp& op) {
  T value;
  if (!mmx_ready(c) || !load<T>(c, op, value)) return Flow::fault;
  return set_mmx(c, op.dst, value);
}

/// TOP is zero even after an MMX store that faulted, on Intel's processors; doing it again changes nothing.
void clear_top(Core& c) { c.state.fpu.status &= static_cast<u16>(~0x3800); }

template <class T>
Flow store_m(Core& c, const MicroOp& op) {
  if (!mmx_ready(c)) return Flow::fault;
  clear_top(c);
  if (!store<T>(c, op, static_cast<T>(vector_of<Mmx>(c, op.src)))) return Flow::fault;
  note_mmx(c);
  return Flow::next;
}

template <class T>
Flow move_r_to_m(Core& c, const MicroOp& op) {
  if (!mmx_ready(c)) return Flow::fault;
  return set_mmx(c, op.dst, c.get<T>(op.src));
}

template <class T>
Flow move_m_to_r(Core& c, const MicroOp& op) {
  if (!mmx_ready(c)) return Flow::fault;
  c.set<T>(op.dst, static_cast<T>(vector_of<Mmx>(c, op.src)));
  note_mmx(c);
  return Flow::next;
}

}  // namespace

// clang-format off
Flow load32_m(Core& c, const MicroOp& op) { return load_m<u32>(c, op); }
Flow load64_m(Core& c, const MicroOp& op) { return load_m<u64>(c, op); }
Flow store32_m(Core& c, const MicroOp& op) { return store_m<u32>(c, op); }
Flow store64_m(Core& c, const MicroOp& op) { return store_m<u64>(c, op); }
Flow move_r32_to_m(Core& c, const MicroOp& op) { return move_r_to_m<u32>(c, op); }
Flow move_r64_to_m(Core& c, const MicroOp& op) { return move_r_to_m<u64>(c, op); }
Flow move_m_to_r32(Core& c, const MicroOp& op) { return move_m_to_r<u32>(c, op); }
Flow move_m_to_r64(Core& c, const MicroOp& op) { return move_m_to_r<u64>(c, op); }
// clang-format on

Flow move_m_m(Core& c, const MicroOp& op) {
  if (!mmx_ready(c)) return Flow::fault;
  return set_mmx(c, op.dst, vector_of<Mmx>(c, op.src));
}

Flow move_m_to_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c) || !mmx_ready(c)) return Flow::fault;
  c.state.xmm[op.dst] = {vector_of<Mmx>(c, op.src), 0};
  note_mmx(c);
  return Flow::next;
}

Flow move_v_to_m(Core& c, const MicroOp& op) {
  if (!sse_ready(c) || !mmx_ready(c)) return Flow::fault;
  return set_mmx(c, op.dst, c.state.xmm[op.src].low);
}

Flow emms(Core& c, const MicroOp&) {
  if (!mmx_ready(c)) return Flow::fault;
  note_mmx(c);
  c.state.fpu.tag = 0xffff;
  return Flow::next;
}

namespace {

/// As far as faults go Intel's processors access halves of eight bytes, the upper one first, whatever
/// the mask. Nothing is written before both are checked.
template <class V>
Flow masked_store(Core& c, const MicroOp& op) {
  if (!ready<V>(c)) return Flow::fault;
  const simd::Array<V, u8> value(vector_of<V>(c, op.dst)), mask(vector_of<V>(c, op.src));
  const u64 at = address(c, op);
  note_used<V>(c);
  for (unsigned half = mask.size; half != 0; half -= 8)
    if (!probe(c, at + half - 8, 8, mem::Access::write, segment_fault(op))) return Flow::fault;
  for (unsigned i = 0; i < mask.size; ++i)
    if ((mask[i] & 0x80) && !store<u8>(c, at + i, value[i], segment_fault(op))) return Flow::fault;
  return Flow::next;
}

}  // namespace

Flow masked_store_v(Core& c, const MicroOp& op) { return masked_store<Xmm>(c, op); }
Flow masked_store_m(Core& c, const MicroOp& op) { return masked_store<Mmx>(c, op); }

}  // namespace lucid::cpu::exec
