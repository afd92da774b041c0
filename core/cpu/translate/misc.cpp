// SPDX-License-Identifier: MIT
#include "core/cpu/translate/helpers.h"

namespace lucid::cpu::translate {

bool with_immediate(Builder& b, Op op) {
  b.emit(op).imm = b.imm(0);
  return true;
}

bool bound(Builder& b, Op op) {
  const Address at = b.address(1, {mem::Access::read, b.bits(0) / 4u});
  MicroOp& out = b.emit(op, at);
  out.dst = b.reg(0);
  out.width = static_cast<u8>(b.bits(0));
  return true;
}

/// Checked as a load of one byte; there is no cache to flush.
bool clflush(Builder& b, Op op) {
  b.emit(op, b.address(0, {mem::Access::read, 1}));
  return true;
}

namespace {

u8 repeat_of(const isa::Instruction& insn) {
  if (insn.has(ZYDIS_ATTRIB_HAS_REPNE)) return 2;
  return insn.has(ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE) ? 1 : 0;
}

/// The segment of the source: the memory operand that is not ES:rDI.
u8 source_segment(Builder& b) {
  for (unsigned i = 0; i < b.insn().info.operand_count; ++i) {
    if (!b.is_mem(i)) continue;
    const ZydisDecodedOperandMem& mem = b.operand(i).mem;
    if (mem.base != ZYDIS_REGISTER_NONE && Builder::slot(mem.base) == slot_of(rsi)) return segment_number(mem.segment);
  }
  return ds;
}

}  // namespace

bool string(Builder& b, Op op) {
  MicroOp& out = b.emit(op);
  out.extra = repeat_of(b.insn());
  out.width = static_cast<u8>(b.address_width());
  out.src = source_segment(b);
  return last(b);
}

/// MOVSD and CMPSD are also SSE instructions.
bool string_or_sse(Builder& b, Op op) {
  if (b.insn().info.meta.category == ZYDIS_CATEGORY_STRINGOP) return string(b, op);
  return sse_with_string_name(b);
}

bool xlat(Builder& b, Op op) {
  MicroOp& out = b.emit(op);
  out.width = static_cast<u8>(b.address_width());
  out.src = segment_number(b.operand(0).mem.segment);
  for (unsigned i = 0; i < b.insn().info.operand_count; ++i) {
    if (b.is_mem(i)) out.src = segment_number(b.operand(i).mem.segment);
  }
  return true;
}

}  // namespace lucid::cpu::translate
