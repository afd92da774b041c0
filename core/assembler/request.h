// SPDX-License-Identifier: MIT
// Zydis' encoder asked about one set of operands; what is not said is tried.
#pragma once
#include <Zydis/Zydis.h>

#include <array>
#include <optional>
#include <vector>

#include "core/assembler/encoder.h"
#include "core/base/types.h"
#include "core/isa/decoder.h"

namespace lucid::assembler {

/// An operand with its numbers known or, where a later pass may change them, held free by a placeholder.
struct Argument {
  Operand::Kind kind = Operand::Kind::number;
  ZydisRegister reg = ZYDIS_REGISTER_NONE;
  ZydisRegister base = ZYDIS_REGISTER_NONE, index = ZYDIS_REGISTER_NONE;
  u8 scale = 1;
  u16 size = 0;       // 0 = not said
  i64 number = 0;     // value, displacement or offset
  bool open = false;  // `number` has yet to be filled in: any that fits the field
  u16 selector = 0;
};

struct Question {
  ZydisMnemonic mnemonic = ZYDIS_MNEMONIC_INVALID;
  isa::Mode mode = isa::Mode::bits64;
  u64 prefixes = 0;
  ZydisAddressSizeHint address_size = ZYDIS_ADDRESS_SIZE_HINT_NONE;
  ZydisOperandSizeHint operand_size = ZYDIS_OPERAND_SIZE_HINT_NONE;
  ZydisBranchType branch = ZYDIS_BRANCH_TYPE_NONE;
  bool wide_number = false;  // open numbers have 64 bits
  std::vector<Argument> arguments;
};

struct Answer {
  Bytes bytes;               // empty = there is no such instruction
  std::vector<u16> choices;  // no bytes and not empty: a memory operand's size must be said, one of these
};

Answer ask(const Question& question);

/// JMP, Jcc, CALL, LOOP, JRCXZ: a number is where they go.
bool is_branch(ZydisMnemonic mnemonic);

}  // namespace lucid::assembler
