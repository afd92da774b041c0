// SPDX-License-Identifier: MIT
// Machine code as text for a person: Intel syntax, and what each byte of an instruction is.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/isa/decoder.h"

namespace lucid::isa {

/// What a byte of an instruction is, for colouring.
enum class ByteField : u8 { prefix, rex, opcode, modrm, sib, displacement, immediate };

struct Disassembly {
  unsigned length = 0;            // bytes used; 1 for bytes that are no instruction, 0 for none given
  std::string text;               // Intel syntax; "(bad)" when the bytes are no instruction
  std::vector<ByteField> fields;  // one per byte
  bool valid = false;
  bool is_call = false;     // CALL, INT n or SYSCALL: returns to the next instruction when stepped over
  bool is_rep = false;      // a repeated string instruction: retires in chunks
  bool has_target = false;  // a direct branch or call
  Gva target;               // where it goes
};

/// Disassembles the instruction at the front of `bytes`, which lie at `rip`.
Disassembly disassemble(std::span<const u8> bytes, Mode mode, Gva rip);

}  // namespace lucid::isa
