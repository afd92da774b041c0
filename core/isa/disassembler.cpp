// SPDX-License-Identifier: MIT
#include "core/isa/disassembler.h"

#include <algorithm>

namespace lucid::isa {
namespace {

enum class MemorySizes { where_unclear, always };

ZydisFormatter make_formatter(MemorySizes sizes) {
  ZydisFormatter formatter;
  ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_FORCE_SIZE, sizes == MemorySizes::always);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
  ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
  return formatter;
}

/// Where the formatter leaves the size of memory out although no other operand tells it.
bool hides_size(const Instruction& instruction) {
  switch (instruction.mnemonic()) {
    case ZYDIS_MNEMONIC_CVTSI2SD:
    case ZYDIS_MNEMONIC_CVTSI2SS:
    case ZYDIS_MNEMONIC_CRC32:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_DIV:
    case ZYDIS_MNEMONIC_IDIV:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_JMP:
    case ZYDIS_MNEMONIC_MUL:
    case ZYDIS_MNEMONIC_NEG:
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_NOT:
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_PUSH:
      return true;
    case ZYDIS_MNEMONIC_IMUL:
      return instruction.info.operand_count_visible == 1;
    default:
      return instruction.info.meta.category == ZYDIS_CATEGORY_X87_ALU;
  }
}

/// RIP-relative addresses are printed as the address meant; "rel" tells them from absolute ones.
void mark_relative(const Instruction& instruction, std::string& text) {
  for (unsigned i = 0; i < instruction.info.operand_count_visible; ++i) {
    const ZydisDecodedOperand& operand = instruction.operands[i];
    if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY) continue;
    if (operand.mem.base != ZYDIS_REGISTER_RIP && operand.mem.base != ZYDIS_REGISTER_EIP) continue;
    if (const size_t bracket = text.find('['); bracket != std::string::npos) text.insert(bracket + 1, "rel ");
  }
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
  static const ZydisFormatter formatters[] = {make_formatter(MemorySizes::where_unclear),
                                              make_formatter(MemorySizes::always)};
  const ZydisFormatter& formatter = formatters[hides_size(instruction)];
  char text[160];
  ZydisFormatterFormatInstruction(&formatter, &instruction.info, instruction.operands,
                                  instruction.info.operand_count_visible, text, sizeof text, rip.value, nullptr);
  out.valid = true;
  out.length = instruction.info.length;
  out.text = text;
  mark_relative(instruction, out.text);
  out.fields = fields_of(instruction);
  out.is_call = returns_to_next(instruction);
  out.is_rep = instruction.has(ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE);
  find_target(instruction, rip, out);
  return out;
}

}  // namespace lucid::isa
