// SPDX-License-Identifier: MIT
// A parsed line: what it puts into memory, not yet how.
#pragma once
#include <string>
#include <vector>

#include "core/assembler/expression.h"
#include "core/assembler/names.h"

namespace lucid::assembler {

enum class Reference : u8 { automatic, relative, absolute };  // [label], [rel label], [abs label]

struct Operand {
  enum class Kind : u8 { reg, memory, number, pointer } kind = Kind::number;
  Span where;
  u16 size = 0;      // bytes, said by "dword ptr" and the like; 0 = not said
  bool far = false;  // "far" said
  i8 distance = 0;   // "short" 1, "near" 2
  ZydisRegister reg = ZYDIS_REGISTER_NONE;
  // Memory: segment:[base + index * scale + value].
  ZydisRegister segment = ZYDIS_REGISTER_NONE, base = ZYDIS_REGISTER_NONE, index = ZYDIS_REGISTER_NONE;
  u8 scale = 1;
  Reference reference = Reference::automatic;
  Expression value;     // of a number; the displacement (may be empty); the offset of a far pointer
  Expression selector;  // of a far pointer
};

struct Instruction {
  InstructionName name;
  Span word;
  u64 prefixes = 0;  // ZYDIS_ENCODABLE_PREFIXES
  Span prefix_words;
  ZydisAddressSizeHint address_size = ZYDIS_ADDRESS_SIZE_HINT_NONE;  // a32 before a string instruction
  std::vector<Operand> operands;
};

/// One item of db, dw, dd or dq.
struct Datum {
  Expression value;  // empty: `bytes` are the item
  std::string bytes;
};

struct Statement {
  enum class Kind : u8 { nothing, instruction, data, reserve, align, section, constant, bits } kind = Kind::nothing;
  u32 line = 0;
  Span where;
  std::string label;  // defined here, "" = none; of a constant its name
  Span label_where;
  Instruction instruction;
  u8 unit = 1;  // bytes of a datum or of what is reserved
  std::vector<Datum> data;
  Expression count;     // of reserve; of align its bytes; of a constant its value
  Expression filler;    // of align; empty = NOP in .text, 0 elsewhere
  Expression repeat;    // "times N"; empty = once
  std::string section;  // ".text" …
  isa::Mode mode = isa::Mode::bits64;
};

}  // namespace lucid::assembler
