// SPDX-License-Identifier: MIT
#include "core/cpu/translate/builder.h"

namespace lucid::cpu::translate {

Slot Builder::slot(ZydisRegister reg) {
  if (reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH) {
    return static_cast<Slot>(slot_of(static_cast<unsigned>(reg - ZYDIS_REGISTER_AH)) + 1);
  }
  // Zydis numbers SPL … R15B after AH … BH.
  if (reg >= ZYDIS_REGISTER_SPL && reg <= ZYDIS_REGISTER_R15B)
    return slot_of(static_cast<unsigned>(reg - ZYDIS_REGISTER_SPL) + 4);
  if (reg == ZYDIS_REGISTER_NONE) return slot_zero;
  // Zydis numbers the byte registers AL..BL, AH..BH, SPL..R15B.
  if (reg >= ZYDIS_REGISTER_SPL && reg <= ZYDIS_REGISTER_R15B) {
    return slot_of(static_cast<unsigned>(reg - ZYDIS_REGISTER_SPL) + rsp);
  }
  return slot_of(static_cast<unsigned>(ZydisRegisterGetId(reg)));
}

unsigned Builder::reg_number(unsigned i) const {
  return static_cast<unsigned>(ZydisRegisterGetId(operand(i).reg.value));
}

void Builder::begin(const isa::Instruction& insn, u16 ip, unsigned number) {
  insn_ = &insn;
  ip_ = ip;
  number_ = static_cast<u8>(number);
}

MicroOp& Builder::emit(Op op) {
  MicroOp& out = ops_[size_++];
  out = MicroOp{};
  out.op = out.plain = op;
  out.ip = ip_;
  out.number = number_;
  out.length = insn_->info.length;
  out.base = out.index = slot_zero;
  return out;
}

MicroOp& Builder::emit(Op op, const Address& address) {
  MicroOp& out = emit(op);
  out.base = address.base;
  out.index = address.index;
  out.scale = address.scale;
  out.stack_segment = address.stack_segment;
  out.disp = address.disp;
  return out;
}

Address Builder::address(unsigned i, MemoryUse use) {
  const ZydisDecodedOperandMem& mem = operand(i).mem;
  return mode64() ? address64(mem, true) : legacy(mem, use);
}

Address Builder::bit_string(unsigned i, MemoryUse use, Slot index) {
  const Address out = legacy(operand(i).mem, use);
  MicroOp& prepare = ops_[size_ - 1];
  prepare.op = prepare.plain = Op::address_bit_string;
  prepare.dst = index;
  return out;
}

namespace {

u8 log2_of(u8 scale) { return scale == 8 ? 3 : scale == 4 ? 2 : scale == 2 ? 1 : 0; }

u8 segment_number(ZydisRegister segment) {
  return segment == ZYDIS_REGISTER_NONE ? static_cast<u8>(ds) : static_cast<u8>(ZydisRegisterGetId(segment));
}

Slot segment_slot(ZydisRegister segment) {
  if (segment == ZYDIS_REGISTER_FS) return slot_fs_base;
  if (segment == ZYDIS_REGISTER_GS) return slot_gs_base;
  return slot_zero;
}

}  // namespace

namespace {

/// Zydis 4.0.0 takes a SIB byte without base for one with base R13D when addresses have 32 bits.
ZydisDecodedOperandMem without_phantom_base(const isa::Instruction& insn, ZydisDecodedOperandMem mem) {
  const auto& raw = insn.info.raw;
  if (mem.base != ZYDIS_REGISTER_R13D || raw.modrm.mod != 0 || raw.modrm.rm != 4 || raw.sib.base != 5) return mem;
  mem.base = ZYDIS_REGISTER_NONE;
  mem.disp.has_displacement = ZYAN_TRUE;
  mem.disp.value = raw.disp.value;
  return mem;
}

}  // namespace

Address Builder::address64(const ZydisDecodedOperandMem& operand, bool with_segment) {
  const ZydisDecodedOperandMem mem = without_phantom_base(*insn_, operand);
  const Slot segment = with_segment ? segment_slot(mem.segment) : slot_zero;
  Address out;
  out.stack_segment = mem.segment == ZYDIS_REGISTER_SS;
  out.base = slot(mem.base);
  out.index = slot(mem.index);
  out.scale = log2_of(mem.scale);
  i64 disp = mem.disp.has_displacement ? mem.disp.value : 0;
  if (mem.base == ZYDIS_REGISTER_RIP || mem.base == ZYDIS_REGISTER_EIP) {
    out.base = slot_page;
    disp += ip_ + insn_->info.length;
  }
  const bool short_address = address_width() == 32;
  const bool two_bases = segment != slot_zero && out.base != slot_zero && out.index != slot_zero;
  if (!short_address && !two_bases && disp == static_cast<i32>(disp)) {
    out.disp = static_cast<i32>(disp);
    if (segment != slot_zero) {
      if (out.index == slot_zero) {
        out.index = segment;
        out.scale = 0;
      } else
        out.base = segment;
    }
    return out;
  }
  MicroOp& prepare = emit(short_address ? Op::address_32 : Op::address_64, out);
  prepare.imm = static_cast<u64>(disp);
  return {slot_address, segment, 0, out.stack_segment, 0};
}

/// Offset in 16 or 32 bits; the mask is by address size.
Address Builder::plain_address(const ZydisDecodedOperandMem& mem) {
  Address out;
  out.base = slot(mem.base);
  out.index = slot(mem.index);
  out.scale = log2_of(mem.scale);
  MicroOp& prepare = emit(address_width() == 16 ? Op::address_16 : Op::address_32, out);
  prepare.imm = static_cast<u64>(mem.disp.has_displacement ? mem.disp.value : 0);
  return {slot_address, slot_zero, 0, false, 0};
}

Address Builder::effective(unsigned i) {
  const ZydisDecodedOperandMem& mem = operand(i).mem;
  return mode64() ? address64(mem, false) : plain_address(mem);
}

Address Builder::effective_linear(unsigned i) {
  const ZydisDecodedOperandMem& mem = operand(i).mem;
  if (mode64()) return address64(mem, true);
  const Address at = plain_address(mem);
  emit(Op::add_segment_base, at).extra = segment_number(mem.segment);
  return at;
}

Address Builder::legacy(const ZydisDecodedOperandMem& mem, MemoryUse use) {
  Address out;
  out.base = slot(mem.base);
  out.index = slot(mem.index);
  out.scale = log2_of(mem.scale);
  MicroOp& prepare = emit(Op::address_legacy, out);
  prepare.imm = static_cast<u64>(mem.disp.has_displacement ? mem.disp.value : 0);
  prepare.extra = segment_number(mem.segment);
  prepare.width = static_cast<u8>(address_width());
  prepare.src = use.access == mem::Access::write;
  prepare.extra32 = use.bytes;
  return {slot_address, slot_zero, 0, prepare.extra == ss, 0};
}

}  // namespace lucid::cpu::translate
