// SPDX-License-Identifier: MIT
// Steps that several families share.
#pragma once
#include "core/cpu/translate/functions.h"

namespace lucid::cpu::translate {

/// A source operand as a slot: a register is its own; memory is fetched into slot_temp first, an
/// immediate put there.
inline Slot source(Builder& b, unsigned i) {
  if (b.is_reg(i)) return b.reg(i);
  if (b.is_imm(i))
    b.emit(Op::mov_ri64).imm = b.imm(i);
  else
    b.emit(sized(Op::mov_rm8, b.bits(i)), b.read(i)).dst = slot_temp;
  if (b.is_imm(i)) b.ops()[b.size() - 1].dst = slot_temp;
  return slot_temp;
}

/// Families that start at 16 bits.
constexpr Op sized16(Op first, unsigned bits) { return offset(first, bits == 16 ? 0 : bits == 32 ? 1 : 2); }

/// Number of a segment register operand, or of a memory operand's segment.
inline u8 segment_number(ZydisRegister segment) {
  return segment == ZYDIS_REGISTER_NONE ? static_cast<u8>(ds) : static_cast<u8>(ZydisRegisterGetId(segment));
}

/// An instruction that ends its block whatever happens.
inline bool last(Builder& b) {
  b.end_block();
  return true;
}

}  // namespace lucid::cpu::translate
