// SPDX-License-Identifier: MIT
// An instruction's bytes explained field by field: prefixes, opcode, ModRM, SIB, displacement, immediate.
// Source: SDM vol. 2, chapter 2.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/inspect/views.h"
#include "core/isa/decoder.h"

namespace lucid::inspect {

/// Some bits of a field: ModRM.reg and the like.
struct FieldBits {
  std::string name;  // "mod", "W" …
  u8 high = 0, low = 0;
  u8 value = 0;
  std::string meaning;  // "ebx"; "" = nothing to say
};

struct InstructionField {
  ByteField kind = ByteField::opcode;
  unsigned offset = 0, size = 0;  // bytes of the instruction
  std::string name;               // "ModRM", "immediate" …
  std::string meaning;            // what it says here: "512", "lock", "add eax with a number"
  std::vector<FieldBits> bits;    // from the high to the low ones; empty where the bits are one number
};

struct InstructionView {
  Gva address;
  std::vector<u8> bytes;
  std::string text;                      // "(bad)" when the bytes are no instruction, with no fields then
  std::vector<InstructionField> fields;  // in the order of the bytes
};

/// The instruction at the front of `bytes`, which lie at `address`.
InstructionView explain_instruction(std::span<const u8> bytes, isa::Mode mode, Gva address);

/// All instructions of `bytes`, one after the other; at most `most`.
std::vector<InstructionView> explain_code(std::span<const u8> bytes, isa::Mode mode, Gva address, u64 most);

}  // namespace lucid::inspect
