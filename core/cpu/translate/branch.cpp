// SPDX-License-Identifier: MIT
#include "core/cpu/translate/helpers.h"

namespace lucid::cpu::translate {
namespace {

/// A direct near branch: 64-bit mode links by page, others compute EIP.
MicroOp& direct(Builder& b, Op op64, Op op_legacy) {
  MicroOp& op = b.emit(b.mode64() ? op64 : op_legacy);
  const u64 displacement = b.imm(0);
  op.imm = b.mode64() ? displacement + b.ip() + b.insn().info.length : displacement;
  op.extra32 = b.operand_width();
  op.width = static_cast<u8>(b.address_width());
  b.end_block();
  return op;
}

bool indirect(Builder& b, Op op64, Op op_legacy) {
  if (b.mode64() && b.bits(0) != 64) return false;
  const Slot from = source(b, 0);
  MicroOp& op = b.emit(b.mode64() ? op64 : op_legacy);
  op.src = from;
  op.extra32 = b.bits(0);
  return last(b);
}

bool is_far(const Builder& b) { return b.insn().info.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR; }

bool far(Builder& b, Op immediate, Op memory) {
  if (b.operand(0).type == ZYDIS_OPERAND_TYPE_POINTER) {
    MicroOp& op = b.emit(immediate);
    op.imm = b.operand(0).ptr.offset;
    op.extra32 = b.operand(0).ptr.segment;
    op.width = static_cast<u8>(b.operand_width());
  } else {
    const Address at = b.address(0, {mem::Access::read, b.operand_width() / 8u + 2});
    b.emit(memory, at).width = static_cast<u8>(b.operand_width());
  }
  return last(b);
}

}  // namespace

bool jump(Builder& b, Op) {
  if (is_far(b)) return far(b, Op::far_jmp_imm, Op::far_jmp_mem);
  if (!b.is_imm(0)) return indirect(b, Op::jmp_r64, Op::jmp_r_legacy);
  direct(b, Op::jmp, Op::jmp_legacy);
  return true;
}

bool call(Builder& b, Op) {
  if (is_far(b)) return far(b, Op::far_call_imm, Op::far_call_mem);
  if (!b.is_imm(0)) return indirect(b, Op::call_r64, Op::call_r_legacy);
  direct(b, Op::call64, Op::call_legacy);
  return true;
}

bool ret(Builder& b, Op) {
  const u64 release = b.is_imm(0) ? b.imm(0) : 0;
  const bool wide = b.mode64() && !is_far(b);
  MicroOp& op = b.emit(is_far(b) ? Op::far_ret : wide ? Op::ret64 : Op::ret_legacy);
  op.imm = release;
  op.extra32 = b.operand_width();
  op.width = static_cast<u8>(b.operand_width());
  return last(b);
}

bool jcc(Builder& b, Op first) {
  MicroOp& op = direct(b, first, Op::jcc_legacy);
  op.dst = static_cast<u8>(static_cast<unsigned>(first) - static_cast<unsigned>(Op::jcc_0));
  return true;
}

bool loop(Builder& b, Op first) {
  MicroOp& op = direct(b, first, Op::loop_legacy);
  const ZydisMnemonic mnemonic = b.insn().mnemonic();
  op.extra = mnemonic == ZYDIS_MNEMONIC_LOOPE ? 1 : mnemonic == ZYDIS_MNEMONIC_LOOPNE ? 2 : 0;
  return true;
}

bool jrcxz(Builder& b, Op first) {
  direct(b, first, Op::jcxz_legacy);
  return true;
}

bool returning(Builder& b, Op op) {
  b.emit(op).width = static_cast<u8>(b.operand_width());
  return last(b);
}

bool software_interrupt(Builder& b, Op first) {
  b.emit(first).imm = first == Op::int_n ? b.imm(0) : 0;
  return last(b);
}

}  // namespace lucid::cpu::translate
