// SPDX-License-Identifier: MIT
// Shifts, multiplication and division, bits, exchanges.
#include "core/cpu/translate/helpers.h"

namespace lucid::cpu::translate {

bool shift(Builder& b, Op first) {
  const unsigned bits = b.bits(0);
  const bool memory = b.is_mem(0);
  const bool by_cl = b.is_reg(1);
  const u64 count = by_cl ? 0 : b.imm(1) & (bits == 64 ? 63 : 31);
  const Op form = sized(offset(first, (memory ? 8 : 0) + (by_cl ? 4 : 0)), bits);
  if (!by_cl && count == 0) {  // a 32-bit register is still cleared above; memory is still checked for writing
    if (memory) {
      const Address at = b.write(0);
      b.emit(sized(Op::touch_m8, bits), at);
    } else {
      MicroOp& op = b.emit(sized(Op::mov_rr8, bits));
      op.dst = op.src = b.reg(0);
    }
    return true;
  }
  if (memory) {
    const Address at = b.write(0);
    b.emit(form, at).imm = count;
  } else {
    MicroOp& op = b.emit(form);
    op.dst = b.reg(0);
    op.imm = count;
  }
  return true;
}

bool double_shift(Builder& b, Op first) {
  const bool memory = b.is_mem(0);
  const Op form = sized16(offset(first, memory ? 3 : 0), b.bits(0));
  Address at;
  if (memory) at = b.write(0);
  MicroOp& op = b.emit(form, at);
  if (!memory) op.dst = b.reg(0);
  op.src = b.reg(1);
  op.extra = b.is_reg(2);
  if (!b.is_reg(2)) op.imm = b.imm(2);
  return true;
}

bool multiply(Builder& b, Op first) {
  const Slot from = source(b, 0);
  b.emit(sized(first, b.bits(0))).src = from;
  return true;
}

bool imul(Builder& b, Op first) {
  const unsigned operands = b.insn().info.operand_count_visible;
  const unsigned bits = b.bits(0);
  if (operands == 1) return multiply(b, first);
  const Slot from = source(b, 1);
  MicroOp& op = b.emit(sized16(operands == 3 ? Op::imul_rri16 : Op::imul_rr16, bits));
  op.dst = b.reg(0);
  op.src = from;
  if (operands == 3) op.imm = b.imm(2);
  return true;
}

bool bit_test(Builder& b, Op first) {
  const bool memory = b.is_mem(0);
  const bool reads_only = first == Op::bt_r16;
  const bool found = memory && b.is_reg(1) && !b.mode64();  // its limit is checked where the bit is
  const MemoryUse use{reads_only ? mem::Access::read : mem::Access::write, b.bits(0) / 8u};
  Address at;
  if (memory) at = found ? b.bit_string(0, use, b.reg(1)) : b.address(0, use);
  MicroOp& op = b.emit(sized16(offset(first, memory ? 3 : 0), b.bits(0)), at);
  if (!memory) op.dst = b.reg(0);
  op.extra = b.is_reg(1);
  op.extra32 = found;
  if (b.is_reg(1))
    op.src = b.reg(1);
  else
    op.imm = b.imm(1);
  op.width = static_cast<u8>(b.address_width());
  return true;
}

bool bit_scan(Builder& b, Op first) {
  const Slot from = source(b, 1);
  MicroOp& op = b.emit(sized16(first, b.bits(0)));
  op.dst = b.reg(0);
  op.src = from;
  return true;
}

bool crc32(Builder& b, Op first) {
  const Slot from = source(b, 1);
  MicroOp& op = b.emit(sized(first, b.bits(1)));
  op.dst = b.reg(0);
  op.src = from;
  return true;
}

bool exchange(Builder& b, Op first) {
  constexpr unsigned widths = 4;
  const Op form = sized(offset(first, b.is_mem(0) ? widths : 0), b.bits(0));
  Address at;
  if (b.is_mem(0)) at = b.write(0);
  MicroOp& op = b.emit(form, at);
  if (b.is_reg(0)) op.dst = b.reg(0);
  op.src = b.reg(1);
  return true;
}

bool memory_op(Builder& b, Op op) {
  if (!b.is_mem(0)) return false;
  b.emit(op, b.write(0));
  return true;
}

}  // namespace lucid::cpu::translate
