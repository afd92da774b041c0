// SPDX-License-Identifier: MIT
// Integer SIMD and SIMD moves.
#include "core/cpu/translate/simd.h"

#include "core/cpu/translate/functions.h"

namespace lucid::cpu::translate {

bool is_mmx(const Builder& b, unsigned i) {
  return b.is_reg(i) && ZydisRegisterGetClass(b.operand(i).reg.value) == ZYDIS_REGCLASS_MMX;
}
bool is_xmm(const Builder& b, unsigned i) {
  return b.is_reg(i) && ZydisRegisterGetClass(b.operand(i).reg.value) == ZYDIS_REGCLASS_XMM;
}

MicroOp& emit_source(Builder& b, Op op, unsigned i) {
  if (b.is_mem(i)) {
    MicroOp& out = b.emit(op, b.read(i));
    out.width = static_cast<u8>(b.bits(i) / 8);
    return out;
  }
  MicroOp& out = b.emit(op);
  out.src = is_vector(b, i) ? static_cast<Slot>(b.reg_number(i)) : b.reg(i);
  return out;
}

bool vector(Builder& b, Op first) {
  const bool two_forms = is_mmx(b, 0) && first != Op::pshufw_mmx;
  if (b.is_imm(1)) return false;
  MicroOp& op = emit_source(b, offset(first, two_forms), 1);
  op.dst = static_cast<Slot>(b.reg_number(0));
  if (b.insn().info.operand_count > 2 && b.is_imm(2)) op.imm = b.imm(2);
  if (first == Op::insertps && op.width != 0) op.imm &= 0x3f;
  return true;
}

bool vector_shift(Builder& b, Op first) {
  if (!b.is_imm(1)) return vector(b, first);
  MicroOp& op = b.emit(offset(first, is_mmx(b, 0)));
  op.dst = static_cast<Slot>(b.reg_number(0));
  op.imm = b.imm(1);
  op.extra = 1;
  return true;
}

bool vector_test(Builder& b, Op op) {
  emit_source(b, op, 1).dst = static_cast<Slot>(b.reg_number(0));
  return true;
}

bool vector_mask(Builder& b, Op first) {
  MicroOp& op = b.emit(offset(first, is_mmx(b, 1)));
  op.dst = b.reg(0);
  op.src = static_cast<Slot>(b.reg_number(1));
  return true;
}

bool extract_lane(Builder& b, Op first) {
  const Op form = is_mmx(b, 1) ? Op::extract_lane16_mmx : first;
  MicroOp& op = b.is_mem(0) ? b.emit(form, b.write(0)) : b.emit(form);
  if (b.is_mem(0))
    op.width = static_cast<u8>(b.bits(0) / 8);
  else
    op.dst = b.reg(0);
  op.src = static_cast<Slot>(b.reg_number(1));
  op.imm = b.imm(2);
  return true;
}

bool insert_lane(Builder& b, Op first) {
  MicroOp& op = emit_source(b, is_mmx(b, 0) ? Op::insert_lane16_mmx : first, 1);
  op.dst = static_cast<Slot>(b.reg_number(0));
  op.imm = b.imm(2);
  return true;
}

bool vector_string(Builder& b, Op op) {
  MicroOp& out = emit_source(b, op, 1);
  out.dst = static_cast<Slot>(b.reg_number(0));
  out.imm = b.imm(2);
  out.extra = b.insn().info.operand_width == 64;
  return true;
}

namespace {

/// A move of a vector to or from memory by one pair of micro-operations: load, store.
bool move_memory(Builder& b, Op load, Op store) {
  if (b.is_mem(1))
    b.emit(load, b.read(1)).dst = static_cast<Slot>(b.reg_number(0));
  else
    b.emit(store, b.write(0)).src = static_cast<Slot>(b.reg_number(1));
  return true;
}

bool move_registers(Builder& b, Op op) {
  MicroOp& out = b.emit(op);
  out.dst = is_vector(b, 0) ? static_cast<Slot>(b.reg_number(0)) : b.reg(0);
  out.src = is_vector(b, 1) ? static_cast<Slot>(b.reg_number(1)) : b.reg(1);
  return true;
}

bool has_memory(const Builder& b) { return b.is_mem(0) || b.is_mem(1); }

}  // namespace

bool move_vector_aligned(Builder& b, Op) {
  if (is_mmx(b, 0) || is_mmx(b, 1)) return move_memory(b, Op::load_m64, Op::store_m64);  // MOVNTQ
  return has_memory(b) ? move_memory(b, Op::load_v_aligned, Op::store_v_aligned) : move_registers(b, Op::move_v_v);
}

bool move_vector(Builder& b, Op) {
  return has_memory(b) ? move_memory(b, Op::load_v, Op::store_v) : move_registers(b, Op::move_v_v);
}

bool move_scalar(Builder& b, Op merge) {
  const bool wide = merge == Op::merge_low_v_v64;
  if (!has_memory(b)) return move_registers(b, merge);
  return move_memory(b, offset(Op::load_low_v32, wide), offset(Op::store_low_v32, wide));
}

bool move_low_half(Builder& b, Op) { return move_memory(b, Op::load_low_half, Op::store_low_v64); }
bool move_high_half(Builder& b, Op) { return move_memory(b, Op::load_high_half, Op::store_high_half); }
bool move_between_vectors(Builder& b, Op op) { return move_registers(b, op); }

/// MOVD and MOVQ: memory, general, MMX and XMM registers.
bool move_double_quad(Builder& b, Op) {
  const unsigned vector_operand = is_vector(b, 0) ? 0 : 1, other = 1 - vector_operand;
  const bool mmx = is_mmx(b, vector_operand);
  if (is_vector(b, other)) return move_registers(b, mmx ? Op::move_m_m : Op::move_low_v_v);
  const bool wide = b.bits(other) == 64;
  if (has_memory(b)) {
    const Op load = mmx ? Op::load_m32 : Op::load_low_v32, store = mmx ? Op::store_m32 : Op::store_low_v32;
    return move_memory(b, offset(load, wide), offset(store, wide));
  }
  if (vector_operand == 0) return move_registers(b, offset(mmx ? Op::move_r_to_m32 : Op::move_r_to_v32, wide));
  return move_registers(b, offset(mmx ? Op::move_m_to_r32 : Op::move_v_to_r32, wide));
}

/// Operands 0 and 1 are the registers; the memory at DS:rDI is hidden operand 2.
bool masked_store(Builder& b, Op) {
  const Op form = is_mmx(b, 0) ? Op::masked_store_m : Op::masked_store_v;
  for (unsigned i = 0; i < b.insn().info.operand_count; ++i) {
    if (!b.is_mem(i)) continue;
    MicroOp& op = b.emit(form, b.write(i));
    unsigned registers[2] = {}, n = 0;
    for (unsigned k = 0; k < b.insn().info.operand_count && n < 2; ++k)
      if (is_vector(b, k)) registers[n++] = b.reg_number(k);
    op.dst = static_cast<Slot>(registers[0]);
    op.src = static_cast<Slot>(registers[1]);
    return true;
  }
  return false;
}

bool plain_simd(Builder& b, Op op) {
  b.emit(op);
  return true;
}

}  // namespace lucid::cpu::translate
