// SPDX-License-Identifier: MIT
// x86 machine code as data. Zydis is the only decoder: the interpreter translates what it finds
// here into micro-operations, the disassembler into text, so the two cannot disagree.
#pragma once
#include <Zydis/Zydis.h>

#include <span>

#include "core/base/types.h"

namespace lucid::isa {

/// Width of code and stack, from CS.L, CS.D and CR0.PE. Real mode is `bits16`.
enum class Mode : u8 { bits16, bits32, bits64 };

constexpr unsigned max_length = 15;  // SDM vol. 2, 2.3.11

/// An instruction as Zydis decodes it, byte offsets of its fields included.
struct Instruction {
  ZydisDecodedInstruction info;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];

  bool has(u64 attribute) const { return (info.attributes & attribute) != 0; }
  ZydisMnemonic mnemonic() const { return info.mnemonic; }
};

enum class DecodeResult : u8 {
  ok,
  truncated,  // more bytes are needed than were given
  too_long,   // more than 15 bytes: #GP
  invalid,    // #UD
};

/// Decodes the instruction at the front of `bytes`, as a processor without MPX, LZCNT and BMI
/// does: their encodings are the no-operations and bit scans that they were before.
DecodeResult decode(std::span<const u8> bytes, Mode mode, Instruction& out);

}  // namespace lucid::isa
