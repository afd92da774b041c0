// SPDX-License-Identifier: MIT
#include "core/cpu/translate/helpers.h"

namespace lucid::cpu::translate {

bool ending(Builder& b, Op op) {
  b.emit(op);
  return last(b);
}

bool rdtscp(Builder& b, Op op) {
  b.emit(op).extra = 1;
  return true;
}

bool selector_source(Builder& b, Op op) {
  const Slot from = source(b, 0);
  b.emit(op).src = from;
  return last(b);
}

/// Privilege is checked before memory is read.
bool privileged_source(Builder& b, Op op) {
  b.emit(Op::privileged);
  return selector_source(b, op);
}

bool smsw(Builder& b, Op op) {
  if (b.is_mem(0)) {
    b.emit(op, b.address(0, {mem::Access::write, 2})).extra = 1;
    return true;
  }
  MicroOp& out = b.emit(op);
  out.dst = b.reg(0);
  out.width = static_cast<u8>(b.bits(0));
  return true;
}

bool invlpg(Builder& b, Op op) {
  b.emit(op, b.effective_linear(0));
  return last(b);
}

bool load_table(Builder& b, Op op) {
  const Address at = b.address(0, {mem::Access::read, b.mode64() ? 10u : 6u});
  MicroOp& out = b.emit(op, at);
  out.extra = b.insn().mnemonic() == ZYDIS_MNEMONIC_LIDT;
  out.width = static_cast<u8>(b.operand_width());
  return last(b);
}

bool store_table(Builder& b, Op op) {
  const Address at = b.address(0, {mem::Access::write, b.mode64() ? 10u : 6u});
  b.emit(op, at).extra = b.insn().mnemonic() == ZYDIS_MNEMONIC_SIDT;
  return true;
}

bool store_selector(Builder& b, Op op) {
  Address at;
  const bool memory = b.is_mem(0);
  if (memory) at = b.address(0, {mem::Access::write, 2});
  MicroOp& out = b.emit(op);
  out.extra = b.insn().mnemonic() == ZYDIS_MNEMONIC_STR;
  out.dst = memory ? slot_temp : b.reg(0);
  out.width = static_cast<u8>(memory ? 64 : b.bits(0));
  if (memory) b.emit(Op::mov_mr16, at).src = slot_temp;
  return true;
}

bool load_far(Builder& b, Op op) {
  if (!b.is_mem(1)) return false;
  const unsigned bits = b.bits(0);
  const Address at = b.address(1, {mem::Access::read, bits / 8u + 2});
  MicroOp& out = b.emit(op, at);
  out.dst = b.reg(0);
  out.width = static_cast<u8>(bits);
  switch (b.insn().mnemonic()) {
    case ZYDIS_MNEMONIC_LDS:
      out.extra = ds;
      break;
    case ZYDIS_MNEMONIC_LES:
      out.extra = es;
      break;
    case ZYDIS_MNEMONIC_LFS:
      out.extra = fs;
      break;
    case ZYDIS_MNEMONIC_LGS:
      out.extra = gs;
      break;
    default:
      out.extra = ss;
      break;
  }
  return last(b);
}

bool look_up(Builder& b, Op op) {
  Slot from = slot_temp;
  if (b.is_mem(1))
    b.emit(Op::mov_rm16, b.address(1, {mem::Access::read, 2})).dst = slot_temp;
  else
    from = b.reg(1);
  MicroOp& out = b.emit(op);
  out.dst = b.reg(0);
  out.src = from;
  out.width = static_cast<u8>(b.bits(0));
  return true;
}

bool verify(Builder& b, Op op) {
  const Slot from = source(b, 0);
  MicroOp& out = b.emit(op);
  out.src = from;
  out.extra = b.insn().mnemonic() == ZYDIS_MNEMONIC_VERW;
  return true;
}

/// To memory: through slot_temp, written back in either case.
bool arpl(Builder& b, Op op) {
  if (b.is_mem(0)) {
    const Address at = b.address(0, {mem::Access::read, 2});
    MicroOp& out = b.emit(Op::arpl_m, at);
    out.src = b.reg(1);
    out.extra = static_cast<u8>(ZydisRegisterGetId(b.operand(0).mem.segment));
    return true;
  }
  MicroOp& out = b.emit(op);
  out.dst = b.reg(0);
  out.src = b.reg(1);
  return true;
}

bool base_register(Builder& b, Op op) {
  const ZydisMnemonic m = b.insn().mnemonic();
  const bool writes = m == ZYDIS_MNEMONIC_WRFSBASE || m == ZYDIS_MNEMONIC_WRGSBASE;
  const bool is_fs = m == ZYDIS_MNEMONIC_RDFSBASE || m == ZYDIS_MNEMONIC_WRFSBASE;
  MicroOp& out = b.emit(op);
  out.dst = b.reg(0);
  out.extra = static_cast<u8>((is_fs ? fs : gs) | (writes ? 16 : 0));
  out.width = static_cast<u8>(b.bits(0));
  return true;
}

namespace {

bool port(Builder& b, Op op, unsigned data, unsigned address) {
  MicroOp& out = b.emit(op);
  out.width = static_cast<u8>(b.bits(data));
  out.extra = b.is_reg(address);
  if (b.is_imm(address)) out.imm = b.imm(address) & 0xff;
  return last(b);
}

}  // namespace

bool in(Builder& b, Op op) { return port(b, op, 0, 1); }
bool out(Builder& b, Op op) { return port(b, op, 1, 0); }

bool port_string(Builder& b, Op op) {
  const ZydisMnemonic m = b.insn().mnemonic();
  const bool byte = m == ZYDIS_MNEMONIC_INSB || m == ZYDIS_MNEMONIC_OUTSB;
  const bool word = m == ZYDIS_MNEMONIC_INSW || m == ZYDIS_MNEMONIC_OUTSW;
  MicroOp& out = b.emit(op);
  out.width = byte ? 8 : word ? 16 : 32;
  out.extra = b.insn().has(ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE);
  out.extra32 = b.address_width();
  out.src = ds;
  for (unsigned i = 0; i < b.insn().info.operand_count; ++i) {
    if (b.is_mem(i)) out.src = segment_number(b.operand(i).mem.segment);
  }
  return last(b);
}

}  // namespace lucid::cpu::translate
