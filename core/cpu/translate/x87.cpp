// SPDX-License-Identifier: MIT
#include "core/cpu/exec/x87.h"

#include "core/cpu/translate/functions.h"

namespace lucid::cpu::translate {
namespace {

bool is_stack(const Builder& b, unsigned i) {
  return b.is_reg(i) && ZydisRegisterGetClass(b.operand(i).reg.value) == ZYDIS_REGCLASS_X87;
}

exec::X87Memory kind_of(const ZydisDecodedOperand& operand) {
  using exec::X87Memory;
  switch (operand.element_type) {
    case ZYDIS_ELEMENT_TYPE_FLOAT32:
      return X87Memory::single;
    case ZYDIS_ELEMENT_TYPE_FLOAT64:
      return X87Memory::real_double;
    case ZYDIS_ELEMENT_TYPE_FLOAT80:
      return X87Memory::extended;
    case ZYDIS_ELEMENT_TYPE_LONGBCD:
      return X87Memory::decimal;
    default:
      break;
  }
  return operand.size == 16 ? X87Memory::integer16 : operand.size == 32 ? X87Memory::integer32 : X87Memory::integer64;
}

/// The last opcode byte's low three bits and ModRM, as FOP has them (SDM vol. 1, 8.1.9).
u64 fop(const Builder& b) {
  const auto& info = b.insn().info;
  const u64 modrm = u64{info.raw.modrm.mod} << 6 | u64{info.raw.modrm.reg} << 3 | info.raw.modrm.rm;
  return u64{info.opcode & 7u} << 8 | modrm;
}

/// Emits with the memory operand, if there is one; it is always operand 0.
MicroOp& emit(Builder& b, Op op, mem::Access access, unsigned pops, u64 parameter = 0) {
  const bool memory = b.insn().info.operand_count != 0 && b.is_mem(0);
  MicroOp& out = memory ? b.emit(op, b.address(0, {access, b.bits(0) / 8u})) : b.emit(op);
  if (memory) {
    out.width = static_cast<u8>(b.bits(0) / 8);
    out.extra = static_cast<u8>(kind_of(b.operand(0)));
  }
  out.imm = fop(b) | u64{pops} << exec::x87_field::pops | parameter << exec::x87_field::parameter;
  return out;
}

/// The stack register that the encoding names; ST(1) where it names none.
Slot named_register(const Builder& b) {
  for (unsigned i = 0; i < b.insn().info.operand_count; ++i)
    if (is_stack(b, i) && b.operand(i).visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT)
      return static_cast<Slot>(b.reg_number(i));
  return 1;
}

bool two(Builder& b, Op op, unsigned pops) {
  MicroOp& out = emit(b, op, mem::Access::read, pops);
  if (out.width != 0) return true;
  out.dst = static_cast<Slot>(b.reg_number(0));
  out.src = static_cast<Slot>(b.reg_number(1));
  return true;
}

bool from_source(Builder& b, Op op, unsigned pops, u64 parameter = 0) {
  emit(b, op, mem::Access::read, pops, parameter).src = named_register(b);
  return true;
}

bool store(Builder& b, Op op, unsigned pops) {
  const bool memory = b.is_mem(0);
  emit(b, memory ? op : Op::fst_register, mem::Access::write, pops).dst = memory ? Slot{0} : named_register(b);
  return true;
}

}  // namespace

bool x87_two(Builder& b, Op op) { return two(b, op, 0); }
bool x87_two_pop(Builder& b, Op op) { return two(b, op, 1); }
bool x87_source(Builder& b, Op op) { return from_source(b, op, 0); }
bool x87_source_pop(Builder& b, Op op) { return from_source(b, op, 1); }
bool x87_source_pop_twice(Builder& b, Op op) { return from_source(b, op, 2); }
bool x87_load(Builder& b, Op op) { return from_source(b, b.is_mem(0) ? op : Op::fld_register, 0); }
bool x87_store(Builder& b, Op op) { return store(b, op, 0); }
bool x87_store_pop(Builder& b, Op op) { return store(b, op, 1); }

/// D9 E8..EE
bool x87_constant(Builder& b, Op op) { return from_source(b, op, 0, b.insn().info.raw.modrm.rm); }

bool x87_conditional(Builder& b, Op op) {
  constexpr u64 of_reg[] = {2, 4, 6, 10};  // B E BE U, as condition codes
  const auto& modrm = b.insn().info.raw.modrm;
  const bool negated = b.insn().info.opcode == 0xdb;
  return from_source(b, op, 0, of_reg[modrm.reg & 3] | negated);
}

bool x87_word(Builder& b, Op op) {
  if (!b.is_mem(0)) return b.emit(Op::fnstsw_ax), true;
  emit(b, op, op == Op::fldcw ? mem::Access::read : mem::Access::write, 0);
  return true;
}

bool x87_image(Builder& b, Op op) {
  const bool reads = op == Op::fldenv || op == Op::frstor;
  emit(b, op, reads ? mem::Access::read : mem::Access::write, 0, b.operand_width() == 16 ? 16 : 32);
  return true;
}

}  // namespace lucid::cpu::translate
