// SPDX-License-Identifier: MIT
// Collects the micro-operations of a block while its instructions are translated one by one.
#pragma once
#include <array>

#include "core/cpu/block.h"
#include "core/cpu/micro_op.h"
#include "core/cpu/state.h"
#include "core/isa/decoder.h"
#include "core/mem/tlb.h"

namespace lucid::cpu::translate {

/// A memory operand as micro-operations carry it.
struct Address {
  Slot base = slot_zero, index = slot_zero;
  u8 scale = 0;
  bool stack_segment = false;
  i32 disp = 0;
};

/// What an instruction does with its memory operand; legacy modes check limit and type with it.
struct MemoryUse {
  mem::Access access = mem::Access::read;
  unsigned bytes = 0;
};

class Builder {
 public:
  explicit Builder(isa::Mode mode) : mode_(mode) {}

  // --- the present instruction ---
  const isa::Instruction& insn() const { return *insn_; }
  const ZydisDecodedOperand& operand(unsigned i) const { return insn_->operands[i]; }
  bool is_reg(unsigned i) const { return operand(i).type == ZYDIS_OPERAND_TYPE_REGISTER; }
  bool is_mem(unsigned i) const { return operand(i).type == ZYDIS_OPERAND_TYPE_MEMORY; }
  bool is_imm(unsigned i) const { return operand(i).type == ZYDIS_OPERAND_TYPE_IMMEDIATE; }
  unsigned bits(unsigned i) const { return operand(i).size; }
  u64 imm(unsigned i) const { return operand(i).imm.value.u; }
  isa::Mode mode() const { return mode_; }
  bool mode64() const { return mode_ == isa::Mode::bits64; }
  unsigned operand_width() const { return insn_->info.operand_width; }
  unsigned address_width() const { return insn_->info.address_width; }

  /// Slot of a general register of any width, AH..BH included.
  Slot reg(unsigned i) const { return slot(operand(i).reg.value); }
  static Slot slot(ZydisRegister reg);
  /// Number of any register within its class: XMM3, CR3, DR3, ST3, MM3 → 3.
  unsigned reg_number(unsigned i) const;

  // --- emitting ---
  /// Where memory operand `i` lies; emits a preparing micro-operation when one form does not hold it
  /// (two bases, 32-bit addresses, legacy segments). Call it before emit.
  Address address(unsigned i, MemoryUse use);
  /// Of the element that `index` selects in the bit string at operand i; outside 64-bit mode only.
  Address bit_string(unsigned i, MemoryUse use, Slot index);
  Address read(unsigned i) { return address(i, {mem::Access::read, bits(i) / 8u}); }
  Address write(unsigned i) { return address(i, {mem::Access::write, bits(i) / 8u}); }

  /// LEA: the effective address alone, no segment. INVLPG: with its segment but without checks.
  Address effective(unsigned i);
  Address effective_linear(unsigned i);

  MicroOp& emit(Op op);
  MicroOp& emit(Op op, const Address& address);
  /// The instruction just translated ends the block by itself.
  void end_block() { ended_ = true; }

  // --- used by the translator of blocks ---
  void begin(const isa::Instruction& insn, u16 ip, unsigned number);
  bool ended() const { return ended_; }
  unsigned size() const { return size_; }
  void truncate(unsigned size) { size_ = size; }
  MicroOp* ops() { return ops_.data(); }
  u16 ip() const { return ip_; }

 private:
  Address address64(const ZydisDecodedOperandMem& mem, bool with_segment);
  Address plain_address(const ZydisDecodedOperandMem& mem);
  Address legacy(const ZydisDecodedOperandMem& mem, MemoryUse use);

  isa::Mode mode_;
  const isa::Instruction* insn_ = nullptr;
  u16 ip_ = 0;
  u8 number_ = 0;
  bool ended_ = false;
  unsigned size_ = 0;
  std::array<MicroOp, max_block_ops> ops_;
};

/// Translates one instruction; false = this processor does not have it.
using Function = bool (*)(Builder&, Op);
bool instruction(Builder& builder);
/// The SSE instructions that share a mnemonic with a string instruction: MOVSD, CMPSD.
bool sse_with_string_name(Builder& builder);

}  // namespace lucid::cpu::translate
