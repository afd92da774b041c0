// SPDX-License-Identifier: MIT
#include "core/assembler/usual.h"

#include <algorithm>

namespace lucid::assembler {
namespace {

/// MOV between the accumulator and a place known by number alone. The encoder would choose the form
/// with a 64-bit address, cut to 32 bits by a prefix: right only where that is asked for.
bool is_plain_accumulator_move(const Question& q) {
  if (q.mnemonic != ZYDIS_MNEMONIC_MOV || q.mode != isa::Mode::bits64 || q.wide_number || q.arguments.size() != 2)
    return false;
  const size_t memory = q.arguments[0].kind == Operand::Kind::memory ? 0 : 1;
  const Argument &place = q.arguments[memory], &other = q.arguments[1 - memory];
  return place.kind == Operand::Kind::memory && place.base == ZYDIS_REGISTER_NONE &&
         place.index == ZYDIS_REGISTER_NONE && place.number == static_cast<i32>(place.number) &&
         other.kind == Operand::Kind::reg && other.reg != ZYDIS_REGISTER_NONE && register_bytes(other.reg) != 0 &&
         ZydisRegisterGetId(other.reg) == 0;
}

/// MOVQ of an XMM register to memory; the encoder knows only its other form.
bool is_quadword_store(const Question& q) {
  return q.mnemonic == ZYDIS_MNEMONIC_MOVQ && q.arguments.size() == 2 && q.arguments[0].kind == Operand::Kind::memory &&
         ZydisRegisterGetClass(q.arguments[1].reg) == ZYDIS_REGCLASS_XMM;
}

bool moves_system_register(const Question& q) {
  if (q.mnemonic != ZYDIS_MNEMONIC_MOV || q.arguments.size() != 2) return false;
  return std::any_of(q.arguments.begin(), q.arguments.end(), [](const Argument& each) {
    const auto kind = ZydisRegisterGetClass(each.reg);
    return kind == ZYDIS_REGCLASS_CONTROL || kind == ZYDIS_REGCLASS_DEBUG;
  });
}

/// XCHG EAX, EAX is no NOP in 64-bit code, as its short form 90 is: SDM vol. 2, NOP.
bool clears_upper_half(const Question& q) {
  return q.mnemonic == ZYDIS_MNEMONIC_XCHG && q.mode == isa::Mode::bits64 &&
         std::all_of(q.arguments.begin(), q.arguments.end(),
                     [](const Argument& each) { return each.reg == ZYDIS_REGISTER_EAX; });
}

/// The upper half of a 64-bit register is zero either way: no REX.W.
bool needs_only_half(const Question& q, ZydisRegister reg) {
  if (ZydisRegisterGetClass(reg) != ZYDIS_REGCLASS_GPR64) return false;
  if (q.mnemonic == ZYDIS_MNEMONIC_MOVMSKPS || q.mnemonic == ZYDIS_MNEMONIC_MOVMSKPD) return true;
  if (q.mnemonic != ZYDIS_MNEMONIC_MOV || q.arguments.size() != 2) return false;
  return ZydisRegisterGetClass(q.arguments[0].reg) == ZYDIS_REGCLASS_SEGMENT ||
         ZydisRegisterGetClass(q.arguments[1].reg) == ZYDIS_REGCLASS_SEGMENT;
}

/// Segment, address size, operand size, repetition, LOCK; -1 = no prefix.
int prefix_order(u8 byte) {
  switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
      return 0;
    case 0x67:
      return 1;
    case 0x66:
      return 2;
    case 0xf2:
    case 0xf3:
      return 3;
    case 0xf0:
      return 4;
    default:
      return -1;
  }
}

/// Puts the prefixes in order; gives where the opcode begins.
size_t order_prefixes(const Question& q, Bytes& bytes) {
  size_t opcode = 0;
  while (opcode < bytes.size() && prefix_order(bytes[opcode]) >= 0) ++opcode;
  std::stable_sort(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(opcode),
                   [](u8 a, u8 b) { return prefix_order(a) < prefix_order(b); });
  const bool rex = q.mode == isa::Mode::bits64 && opcode < bytes.size() && (bytes[opcode] & 0xf0) == 0x40;
  return rex ? opcode + 1 : opcode;
}

}  // namespace

ZydisMnemonic mnemonic_to_ask(const Question& q) { return is_quadword_store(q) ? ZYDIS_MNEMONIC_MOVLPD : q.mnemonic; }

ZydisRegister register_to_ask(const Question& q, ZydisRegister reg) {
  if (needs_only_half(q, reg))
    return ZydisRegisterEncode(ZYDIS_REGCLASS_GPR32, static_cast<ZyanU8>(ZydisRegisterGetId(reg)));
  if (is_plain_accumulator_move(q)) return static_cast<ZydisRegister>(reg + (ZYDIS_REGISTER_EBX - ZYDIS_REGISTER_EAX));
  return reg;
}

void make_usual(const Question& q, Bytes& bytes) {
  // Encoded with EBX instead of EAX: ModRM.reg (SIB and disp32 behind it) becomes 0.
  if (is_plain_accumulator_move(q)) bytes[bytes.size() - 6] &= 0xc7;
  if (moves_system_register(q)) bytes.back() |= 0xc0;  // ModRM.mod means nothing there
  if (clears_upper_half(q)) bytes = {0x87, 0xc0};
  const size_t opcode = order_prefixes(q, bytes);
  const bool two_bytes = opcode + 2 < bytes.size() && bytes[opcode] == 0x0f;
  if (q.mnemonic == ZYDIS_MNEMONIC_NOP && two_bytes) bytes[opcode + 1] = 0x1f, bytes[opcode + 2] &= 0xc7;
  if (is_quadword_store(q) && two_bytes) bytes[opcode + 1] = 0xd6;  // encoded as MOVLPD
  if (q.mnemonic == ZYDIS_MNEMONIC_SYSEXIT && q.operand_size == ZYDIS_OPERAND_SIZE_HINT_64)
    bytes.insert(bytes.begin(), 0x48);
}

}  // namespace lucid::assembler
