// SPDX-License-Identifier: MIT
#include "core/cpu/translate/helpers.h"

namespace lucid::cpu::translate {

bool plain(Builder& b, Op op) {
  b.emit(op);
  return true;
}

namespace {

bool is_special(ZydisRegister reg, ZydisRegisterClass wanted) { return ZydisRegisterGetClass(reg) == wanted; }

bool mov_segment(Builder& b) {
  if (b.is_reg(0) && is_special(b.operand(0).reg.value, ZYDIS_REGCLASS_SEGMENT)) {
    const unsigned number = b.reg_number(0);
    if (number == cs) return false;
    const Slot from = source(b, 1);
    MicroOp& op = b.emit(Op::mov_to_segment);
    op.dst = static_cast<u8>(number);
    op.src = from;
    return last(b);
  }
  const u8 number = static_cast<u8>(b.reg_number(1));
  if (b.is_mem(0)) {
    const Address at = b.address(0, {mem::Access::write, 2});
    MicroOp& fetch = b.emit(Op::mov_from_segment);
    fetch.dst = slot_temp;
    fetch.src = number;
    fetch.width = 64;
    b.emit(Op::mov_mr16, at).src = slot_temp;
    return true;
  }
  MicroOp& op = b.emit(Op::mov_from_segment);
  op.dst = b.reg(0);
  op.src = number;
  op.width = static_cast<u8>(b.bits(0));
  return true;
}

bool mov_special(Builder& b, ZydisRegisterClass wanted, Op from, Op to) {
  const bool writes = is_special(b.operand(0).reg.value, wanted);
  MicroOp& op = b.emit(writes ? to : from);
  op.dst = writes ? static_cast<u8>(b.reg_number(0)) : b.reg(0);
  op.src = writes ? b.reg(1) : static_cast<u8>(b.reg_number(1));
  op.width = b.mode64() ? 64 : 32;
  if (writes) b.end_block();
  return true;
}

bool involves(const Builder& b, ZydisRegisterClass wanted) {
  return (b.is_reg(0) && is_special(b.operand(0).reg.value, wanted)) ||
         (b.is_reg(1) && is_special(b.operand(1).reg.value, wanted));
}

}  // namespace

bool mov(Builder& b, Op first) {
  if (involves(b, ZYDIS_REGCLASS_SEGMENT)) return mov_segment(b);
  if (involves(b, ZYDIS_REGCLASS_CONTROL)) {
    return mov_special(b, ZYDIS_REGCLASS_CONTROL, Op::mov_from_control, Op::mov_to_control);
  }
  if (involves(b, ZYDIS_REGCLASS_DEBUG))
    return mov_special(b, ZYDIS_REGCLASS_DEBUG, Op::mov_from_debug, Op::mov_to_debug);
  if (involves(b, ZYDIS_REGCLASS_TEST)) return false;
  return binary(b, first);  // the same operand forms in the same order
}

bool extend8(Builder& b, Op first) {
  // Order in move.def: from 8 (rr rm), then from 16 (rr rm), three widths each.
  const unsigned from_16 = b.bits(1) == 16 ? 6 : 0;
  const Op form = sized16(offset(first, from_16 + (b.is_mem(1) ? 3 : 0)), b.bits(0));
  if (b.is_mem(1)) {
    b.emit(form, b.read(1)).dst = b.reg(0);
  } else {
    MicroOp& op = b.emit(form);
    op.dst = b.reg(0);
    op.src = b.reg(1);
  }
  return true;
}

/// Without REX.W it is a plain move.
bool movsxd(Builder& b, Op first) {
  if (b.bits(0) != 64) {
    // Only as much memory as the destination holds is read, whatever the decoder calls the source.
    if (b.is_mem(1)) {
      const Address at = b.read(1);
      b.emit(sized(Op::mov_rm8, b.bits(0)), at).dst = b.reg(0);
      return true;
    }
    MicroOp& op = b.emit(sized(Op::mov_rr8, b.bits(0)));
    op.dst = b.reg(0);
    op.src = b.reg(1);
    return true;
  }
  if (b.is_mem(1)) {
    b.emit(offset(first, 1), b.read(1)).dst = b.reg(0);
    return true;
  }
  MicroOp& op = b.emit(first);
  op.dst = b.reg(0);
  op.src = b.reg(1);
  return true;
}

bool lea(Builder& b, Op first) {
  b.emit(sized16(first, b.bits(0)), b.effective(1)).dst = b.reg(0);
  return true;
}

bool xchg(Builder& b, Op first) {
  constexpr unsigned widths = 4;
  if (b.is_mem(0) || b.is_mem(1)) {
    const unsigned memory = b.is_mem(0) ? 0 : 1;
    const Op form = sized(offset(first, widths), b.bits(0));
    b.emit(form, b.write(memory)).src = b.reg(1 - memory);
    return true;
  }
  MicroOp& op = b.emit(sized(first, b.bits(0)));
  op.dst = b.reg(0);
  op.src = b.reg(1);
  return true;
}

bool bswap(Builder& b, Op first) {
  b.emit(sized16(first, b.bits(0))).dst = b.reg(0);
  return true;
}

bool movbe(Builder& b, Op first) {
  const bool stores = b.is_mem(0);
  const Slot from = stores ? b.reg(1) : source(b, 1);
  if (stores) {
    const Address at = b.write(0);
    MicroOp& swap = b.emit(sized16(first, b.bits(0)));
    swap.dst = slot_temp;
    swap.src = from;
    b.emit(sized(Op::mov_mr8, b.bits(0)), at).src = slot_temp;
    return true;
  }
  MicroOp& op = b.emit(sized16(first, b.bits(0)));
  op.dst = b.reg(0);
  op.src = from;
  return true;
}

bool cmov(Builder& b, Op first) {
  const Slot from = source(b, 1);
  const unsigned width = b.bits(0) == 16 ? 0 : b.bits(0) == 32 ? 16 : 32;
  MicroOp& op = b.emit(offset(first, width));
  op.dst = b.reg(0);
  op.src = from;
  return true;
}

bool setcc(Builder& b, Op first) {
  if (b.is_reg(0)) {
    b.emit(first).dst = b.reg(0);
    return true;
  }
  const Address at = b.write(0);
  b.emit(first).dst = slot_temp;
  b.emit(Op::mov_mr8, at).src = slot_temp;
  return true;
}

}  // namespace lucid::cpu::translate
