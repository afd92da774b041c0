// SPDX-License-Identifier: MIT
#include "core/inspect/instruction_fields.h"

#include <cstdio>

#include "core/isa/disassembler.h"

namespace lucid::inspect {
namespace {

std::string hexadecimal(u64 value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string number_text(i64 value) {
  if (value < 0) return std::to_string(value);
  return value < 10 ? std::to_string(value) : std::to_string(value) + " = " + hexadecimal(static_cast<u64>(value));
}

const char* prefix_meaning(u8 byte) {
  switch (byte) {
    case 0xf0:
      return "LOCK: no other processor comes between reading and writing";
    case 0xf2:
      return "REPNE, or part of the opcode";
    case 0xf3:
      return "REP, or part of the opcode";
    case 0x66:
      return "the other operand size, or part of the opcode";
    case 0x67:
      return "the other address size";
    case 0x2e:
      return "segment CS";
    case 0x36:
      return "segment SS";
    case 0x3e:
      return "segment DS";
    case 0x26:
      return "segment ES";
    case 0x64:
      return "segment FS";
    case 0x65:
      return "segment GS";
    default:
      return "";
  }
}

class Explainer {
 public:
  Explainer(const isa::Instruction& instruction, std::span<const u8> bytes, Gva address)
      : insn_(instruction), bytes_(bytes), address_(address) {}

  std::vector<InstructionField> explain() {
    const auto& raw = insn_.info.raw;
    const bool has_modrm = insn_.has(ZYDIS_ATTRIB_HAS_MODRM), has_sib = insn_.has(ZYDIS_ATTRIB_HAS_SIB);
    unsigned end = insn_.info.length;
    for (const auto& imm : raw.imm) {
      if (imm.size != 0 && imm.offset < end) end = imm.offset;
    }
    if (raw.disp.size != 0 && raw.disp.offset < end) end = raw.disp.offset;
    if (has_modrm && raw.modrm.offset < end) end = raw.modrm.offset;
    for (unsigned i = 0; i < raw.prefix_count; ++i) prefix(i);
    opcode(raw.prefix_count, end);
    if (has_modrm) modrm();
    if (has_sib) sib();
    if (raw.disp.size != 0) displacement();
    for (const auto& imm : raw.imm) {
      if (imm.size != 0)
        immediate(imm.offset, imm.size / 8, imm.is_relative,
                  imm.is_signed ? imm.value.s : static_cast<i64>(imm.value.u));
    }
    return std::move(out_);
  }

 private:
  InstructionField& add(ByteField kind, unsigned offset, unsigned size, std::string name, std::string meaning) {
    out_.push_back({kind, offset, size, std::move(name), std::move(meaning), {}});
    return out_.back();
  }
  bool has_rex(unsigned i) const { return insn_.has(ZYDIS_ATTRIB_HAS_REX) && insn_.info.raw.rex.offset == i; }

  void prefix(unsigned i) {
    if (!has_rex(i)) {
      add(ByteField::prefix, i, 1, "prefix", prefix_meaning(bytes_[i]));
      return;
    }
    const auto& rex = insn_.info.raw.rex;
    auto& field = add(ByteField::rex, i, 1, "REX", "reaches 64-bit operands and registers 8 to 15");
    field.bits = {{"0100", 7, 4, 4, "marks REX"},
                  {"W", 3, 3, rex.W, rex.W ? "64-bit operands" : "usual operand size"},
                  {"R", 2, 2, rex.R, "fourth bit of ModRM.reg"},
                  {"X", 1, 1, rex.X, "fourth bit of SIB.index"},
                  {"B", 0, 0, rex.B, "fourth bit of ModRM.rm, SIB.base or the opcode's register"}};
  }

  const ZydisDecodedOperand* operand_in(ZydisOperandEncoding where) const {
    for (unsigned i = 0; i < insn_.info.operand_count; ++i) {
      if (insn_.operands[i].encoding == where) return &insn_.operands[i];
    }
    return nullptr;
  }
  /// A register that the text names and no field does.
  const ZydisDecodedOperand* built_in_register() const {
    for (unsigned i = 0; i < insn_.info.operand_count_visible; ++i) {
      const ZydisDecodedOperand& operand = insn_.operands[i];
      if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER && operand.encoding == ZYDIS_OPERAND_ENCODING_NONE)
        return &operand;
    }
    return nullptr;
  }
  static std::string register_name(ZydisRegister reg) {
    const char* name = ZydisRegisterGetString(reg);
    return name ? name : "";
  }

  void opcode(unsigned begin, unsigned end) {
    std::string meaning = ZydisMnemonicGetString(insn_.mnemonic());
    auto& field = add(ByteField::opcode, begin, end - begin, "opcode", "");
    if (const auto* reg = operand_in(ZYDIS_OPERAND_ENCODING_OPCODE)) {
      meaning += " with " + register_name(reg->reg.value);
      const u8 last = bytes_[end - 1];
      field.bits = {{"opcode", 7, 3, static_cast<u8>(last >> 3), ""},
                    {"register", 2, 0, static_cast<u8>(last & 7), register_name(reg->reg.value)}};
    } else if (const auto* built_in = built_in_register()) {
      meaning += " with " + register_name(built_in->reg.value);
    }
    field.meaning = std::move(meaning);
  }

  void modrm() {
    const auto& raw = insn_.info.raw.modrm;
    static const char* const mods[] = {"memory", "memory + 8-bit displacement", "memory + displacement", "register"};
    auto& field = add(ByteField::modrm, raw.offset, 1, "ModRM", "says where the operands are");
    const auto* reg = operand_in(ZYDIS_OPERAND_ENCODING_MODRM_REG);
    const auto* rm = operand_in(ZYDIS_OPERAND_ENCODING_MODRM_RM);
    const bool is_register = rm && rm->type == ZYDIS_OPERAND_TYPE_REGISTER;
    field.bits = {
        {"mod", 7, 6, raw.mod, mods[raw.mod]},
        {"reg", 5, 3, raw.reg,
         reg && reg->type == ZYDIS_OPERAND_TYPE_REGISTER ? register_name(reg->reg.value) : "part of the opcode"},
        {"rm", 2, 0, raw.rm,
         rm ? (is_register ? register_name(rm->reg.value) : base_text(*rm)) : "part of the opcode"}};
  }
  std::string base_text(const ZydisDecodedOperand& operand) const {
    if (insn_.has(ZYDIS_ATTRIB_HAS_SIB)) return "a SIB byte follows";
    if (operand.mem.base == ZYDIS_REGISTER_RIP) return "relative to RIP";
    std::string text = operand.mem.base == ZYDIS_REGISTER_NONE ? "" : register_name(operand.mem.base);
    if (operand.mem.index != ZYDIS_REGISTER_NONE) text += "+" + register_name(operand.mem.index);
    return text.empty() ? "an address alone" : "[" + text + "]";
  }

  void sib() {
    const auto& raw = insn_.info.raw.sib;
    auto& field = add(ByteField::sib, raw.offset, 1, "SIB", "base + index * scale");
    const auto* rm = operand_in(ZYDIS_OPERAND_ENCODING_MODRM_RM);
    const auto name = [](ZydisRegister reg) {
      return reg == ZYDIS_REGISTER_NONE ? std::string("none") : register_name(reg);
    };
    field.bits = {{"scale", 7, 6, raw.scale, "* " + std::to_string(1 << raw.scale)},
                  {"index", 5, 3, raw.index, rm ? name(rm->mem.index) : ""},
                  {"base", 2, 0, raw.base, rm ? name(rm->mem.base) : ""}};
  }

  void displacement() {
    const auto& raw = insn_.info.raw.disp;
    std::string meaning = number_text(raw.value);
    const auto* rm = operand_in(ZYDIS_OPERAND_ENCODING_MODRM_RM);
    if (rm && rm->mem.base == ZYDIS_REGISTER_RIP)
      meaning += " from the next instruction: " +
                 hexadecimal(address_.value + insn_.info.length + static_cast<u64>(raw.value));
    add(ByteField::displacement, raw.offset, raw.size / 8, "displacement", std::move(meaning));
  }

  void immediate(unsigned offset, unsigned size, bool relative, i64 value) {
    std::string meaning = number_text(value);
    if (relative)
      meaning +=
          " from the next instruction: " + hexadecimal(address_.value + insn_.info.length + static_cast<u64>(value));
    add(ByteField::immediate, offset, size, relative ? "distance" : "immediate", std::move(meaning));
  }

  const isa::Instruction& insn_;
  std::span<const u8> bytes_;
  Gva address_;
  std::vector<InstructionField> out_;
};

}  // namespace

InstructionView explain_instruction(std::span<const u8> bytes, isa::Mode mode, Gva address) {
  InstructionView view;
  view.address = address;
  const auto text = isa::disassemble(bytes, mode, address);
  view.text = text.text;
  view.bytes.assign(bytes.begin(), bytes.begin() + text.length);
  isa::Instruction instruction;
  if (text.valid && isa::decode(bytes, mode, instruction) == isa::DecodeResult::ok)
    view.fields = Explainer(instruction, bytes, address).explain();
  return view;
}

std::vector<InstructionView> explain_code(std::span<const u8> bytes, isa::Mode mode, Gva address, u64 most) {
  std::vector<InstructionView> out;
  for (u64 at = 0; at < bytes.size() && out.size() < most;) {
    out.push_back(explain_instruction(bytes.subspan(at), mode, address + at));
    at += out.back().bytes.size();
  }
  return out;
}

}  // namespace lucid::inspect
