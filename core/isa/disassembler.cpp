// SPDX-License-Identifier: MIT
#include "core/isa/disassembler.h"

#include <algorithm>

namespace lucid::isa {
namespace {

ZydisFormatter make_formatter() {
  ZydisFormatter formatter;
  ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
  return formatter;
}

void mark(std::vector<ByteField>& fields, unsigned offset, unsigned bytes, ByteField field) {
  for (unsigned i = offset; i < offset + bytes && i < fields.size(); ++i) fields[i] = field;
}

std::vector<ByteField> fields_of(const Instruction& instruction) {
  const auto& raw = instruction.info.raw;
  std::vector<ByteField> fields(instruction.info.length, ByteField::opcode);
  for (unsigned i = 0; i < raw.prefix_count; ++i) {
    const bool rex = instruction.has(ZYDIS_ATTRIB_HAS_REX) && raw.rex.offset == i;
    fields[i] = rex ? ByteField::rex : ByteField::prefix;
  }
  if (instruction.has(ZYDIS_ATTRIB_HAS_MODRM)) mark(fields, raw.modrm.offset, 1, ByteField::modrm);
  if (instruction.has(ZYDIS_ATTRIB_HAS_SIB)) mark(fields, raw.sib.offset, 1, ByteField::sib);
  if (raw.disp.size != 0) mark(fields, raw.disp.offset, raw.disp.size / 8, ByteField::displacement);
  for (const auto& imm : raw.imm) {
    if (imm.size != 0) mark(fields, imm.offset, imm.size / 8, ByteField::immediate);
  }
  return fields;
}

bool returns_to_next(const Instruction& instruction) {
  switch (instruction.info.meta.category) {
    case ZYDIS_CATEGORY_CALL:
    case ZYDIS_CATEGORY_INTERRUPT:
    case ZYDIS_CATEGORY_SYSCALL:
      return true;
    default:
      return false;
  }
}

void find_target(const Instruction& instruction, Gva rip, Disassembly& out) {
  const ZydisDecodedOperand& operand = instruction.operands[0];
  if (operand.type != ZYDIS_OPERAND_TYPE_IMMEDIATE || !operand.imm.is_relative) return;
  ZyanU64 target = 0;
  if (!ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&instruction.info, &operand, rip.value, &target))) return;
  out.has_target = true;
  out.target = {target};
}

}  // namespace

Disassembly disassemble(std::span<const u8> bytes, Mode mode, Gva rip) {
  Disassembly out;
  if (bytes.empty()) return out;
  Instruction instruction;
  if (decode(bytes, mode, instruction) != DecodeResult::ok) {
    out.length = 1;
    out.text = "(bad)";
    out.fields.assign(1, ByteField::opcode);
    return out;
  }
  static const ZydisFormatter formatter = make_formatter();
  char text[160];
  ZydisFormatterFormatInstruction(&formatter, &instruction.info, instruction.operands,
                                  instruction.info.operand_count_visible, text, sizeof text, rip.value, nullptr);
  out.valid = true;
  out.length = instruction.info.length;
  out.text = text;
  out.fields = fields_of(instruction);
  out.is_call = returns_to_next(instruction);
  out.is_rep = instruction.has(ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE);
  find_target(instruction, rip, out);
  return out;
}

}  // namespace lucid::isa
