// SPDX-License-Identifier: MIT
// Words of assembly: instructions, registers, sizes, prefixes; other assemblers' words for them too.
#pragma once
#include <Zydis/Zydis.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/assembler/token.h"
#include "core/isa/decoder.h"

namespace lucid::assembler {

std::string lower_case(std::string_view word);

ZydisRegister find_register(std::string_view word);  // any case; "st" is st0; NONE = it is none
inline bool is_register(const Token& token) {
  return token.kind == TokenKind::word && find_register(token.spelling) != ZYDIS_REGISTER_NONE;
}
/// In bytes; 0 for those whose size says nothing about an operand beside them (segment, control, debug).
u16 register_bytes(ZydisRegister reg);

/// An instruction's name, with what the word says beside the mnemonic.
struct InstructionName {
  ZydisMnemonic mnemonic = ZYDIS_MNEMONIC_INVALID;
  ZydisOperandSizeHint size_hint = ZYDIS_OPERAND_SIZE_HINT_NONE;  // iretw, sysretq
  int comparison = -1;                                            // cmpltps: the number behind the operands
  bool waits = false;                                             // finit: FWAIT and FNINIT
  bool wide = false;                                              // movabs: numbers and addresses of 64 bits
  bool far = false;                                               // retf
};
std::optional<InstructionName> find_instruction(std::string_view word, isa::Mode mode);

/// Why there is no such instruction: the processor lacks it, or it is not spelled so.
std::string no_such_instruction(std::string_view word);

/// "byte" = 1 … "tbyte" = 10, "xmmword" = 16; 0 = no size.
u16 find_size(std::string_view word);
/// "dword ptr"; "" for a size without a name.
std::string size_name(u16 bytes);

/// LOCK, REP … and segment registers before an instruction, as bits of ZYDIS_ENCODABLE_PREFIXES; 0 = none.
u64 find_prefix(std::string_view word);

}  // namespace lucid::assembler
