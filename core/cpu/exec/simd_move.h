// SPDX-License-Identifier: MIT
// Moves of SIMD registers, whole and in parts. dst and src are vector numbers or general-register slots
// as the handler's name says: v = XMM, m = MMX, r = general register; load and store are with memory.
#pragma once
#include "core/cpu/exec/simd.h"

namespace lucid::cpu::exec {

enum class Alignment : u8 { any, required };

// --- sixteen bytes ---
LUCID_HANDLER Flow move_v_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  c.state.xmm[op.dst] = c.state.xmm[op.src];
  return Flow::next;
}

template <Alignment alignment>
LUCID_HANDLER Flow load_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c) || (alignment == Alignment::required && !aligned(c, op))) return Flow::fault;
  return load<Xmm>(c, op, c.state.xmm[op.dst]) ? Flow::next : Flow::fault;
}

template <Alignment alignment>
LUCID_HANDLER Flow store_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c) || (alignment == Alignment::required && !aligned(c, op))) return Flow::fault;
  return store<Xmm>(c, op, c.state.xmm[op.src]) ? Flow::next : Flow::fault;
}

// --- the low 4 or 8 bytes; a load clears the rest ---
template <class T>
LUCID_HANDLER Flow load_low_v(Core& c, const MicroOp& op) {
  T value;
  if (!sse_ready(c) || !load<T>(c, op, value)) return Flow::fault;
  c.state.xmm[op.dst] = {value, 0};
  return Flow::next;
}

template <class T>
LUCID_HANDLER Flow store_low_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  return store<T>(c, op, static_cast<T>(c.state.xmm[op.src].low)) ? Flow::next : Flow::fault;
}

template <class T>
LUCID_HANDLER Flow move_r_to_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  c.state.xmm[op.dst] = {c.get<T>(op.src), 0};
  return Flow::next;
}

template <class T>
LUCID_HANDLER Flow move_v_to_r(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  c.set<T>(op.dst, static_cast<T>(c.state.xmm[op.src].low));
  return Flow::next;
}

/// MOVQ between registers: the upper half is cleared.
LUCID_HANDLER Flow move_low_v_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  c.state.xmm[op.dst] = {c.state.xmm[op.src].low, 0};
  return Flow::next;
}

/// MOVSS and MOVSD between registers: the rest is kept.
template <class T>
LUCID_HANDLER Flow merge_low_v_v(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  std::memcpy(static_cast<void*>(&c.state.xmm[op.dst]), &c.state.xmm[op.src], sizeof(T));
  return Flow::next;
}

// --- one half; the other is kept ---
LUCID_HANDLER Flow load_low_half(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  return load<u64>(c, op, c.state.xmm[op.dst].low) ? Flow::next : Flow::fault;
}
LUCID_HANDLER Flow load_high_half(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  return load<u64>(c, op, c.state.xmm[op.dst].high) ? Flow::next : Flow::fault;
}
LUCID_HANDLER Flow store_high_half(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  return store<u64>(c, op, c.state.xmm[op.src].high) ? Flow::next : Flow::fault;
}
Flow move_high_to_low(Core& c, const MicroOp& op);  // MOVHLPS
Flow move_low_to_high(Core& c, const MicroOp& op);  // MOVLHPS

// --- MMX ---
Flow move_m_m(Core& c, const MicroOp& op);
Flow load32_m(Core& c, const MicroOp& op);
Flow load64_m(Core& c, const MicroOp& op);
Flow store32_m(Core& c, const MicroOp& op);
Flow store64_m(Core& c, const MicroOp& op);
Flow move_r32_to_m(Core& c, const MicroOp& op);
Flow move_r64_to_m(Core& c, const MicroOp& op);
Flow move_m_to_r32(Core& c, const MicroOp& op);
Flow move_m_to_r64(Core& c, const MicroOp& op);
Flow move_m_to_v(Core& c, const MicroOp& op);  // MOVQ2DQ
Flow move_v_to_m(Core& c, const MicroOp& op);  // MOVDQ2Q
Flow emms(Core& c, const MicroOp& op);

/// MASKMOVDQU, MASKMOVQ: the bytes of dst whose byte in src has its sign set, to memory.
Flow masked_store_v(Core& c, const MicroOp& op);
Flow masked_store_m(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
