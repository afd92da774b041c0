// SPDX-License-Identifier: MIT
#include "core/cpu/translate/helpers.h"

namespace lucid::cpu::translate {
namespace {

bool is_segment(const Builder& b, unsigned i) {
  return b.is_reg(i) && ZydisRegisterGetClass(b.operand(i).reg.value) == ZYDIS_REGCLASS_SEGMENT;
}

u8 width_of(const Builder& b) { return static_cast<u8>(b.operand_width()); }

}  // namespace

bool push(Builder& b, Op) {
  const bool wide = b.operand_width() == 64;
  if (is_segment(b, 0)) {
    MicroOp& op = b.emit(Op::push_segment);
    op.src = static_cast<u8>(b.reg_number(0));
    op.width = width_of(b);
    return true;
  }
  if (b.is_imm(0)) {
    MicroOp& op = b.emit(wide ? Op::push_i64 : Op::push_imm);
    op.imm = b.imm(0);
    op.width = width_of(b);
    return true;
  }
  const Slot from = source(b, 0);
  MicroOp& op = b.emit(wide ? Op::push_r64 : Op::push_any);
  op.src = from;
  op.width = width_of(b);
  return true;
}

bool pop(Builder& b, Op) {
  if (is_segment(b, 0)) {
    if (b.reg_number(0) == cs) return false;
    MicroOp& op = b.emit(Op::pop_segment);
    op.dst = static_cast<u8>(b.reg_number(0));
    op.width = width_of(b);
    return last(b);
  }
  if (b.is_mem(0)) {
    // The address is formed after the stack pointer has moved (SDM vol. 2, POP).
    const ZydisDecodedOperandMem& mem = b.operand(0).mem;
    const bool by_stack = mem.base != ZYDIS_REGISTER_NONE && Builder::slot(mem.base) == slot_of(rsp);
    Address at = b.write(0);
    if (by_stack) at.disp += static_cast<i32>(b.operand_width() / 8u);
    b.emit(Op::pop_memory, at).width = width_of(b);
    return true;
  }
  MicroOp& op = b.emit(b.operand_width() == 64 ? Op::pop_r64 : Op::pop_any);
  op.dst = b.reg(0);
  op.width = width_of(b);
  return true;
}

bool leave(Builder& b, Op) {
  b.emit(b.operand_width() == 64 ? Op::leave64 : Op::leave).width = width_of(b);
  return true;
}

bool enter(Builder& b, Op first) {
  MicroOp& op = b.emit(first);
  op.imm = b.imm(0);
  op.extra = static_cast<u8>(b.imm(1));
  op.width = width_of(b);
  return true;
}

bool wide_stack_op(Builder& b, Op op) {
  b.emit(op).width = width_of(b);
  return true;
}

bool popf(Builder& b, Op op) {
  b.emit(op).width = width_of(b);
  return last(b);
}

}  // namespace lucid::cpu::translate
