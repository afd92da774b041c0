// SPDX-License-Identifier: MIT
#include "core/assembler/expectation.h"

#include <algorithm>

namespace lucid::assembler {
namespace {

/// One example of each kind of operand, with the words for it.
struct Example {
  const char* words;
  Argument argument;
};
const std::vector<Example>& examples() {
  using Kind = Operand::Kind;
  const auto reg = [](ZydisRegister r) { return Argument{.kind = Kind::reg, .reg = r}; };
  const auto memory = [](u16 size) {
    return Argument{.kind = Kind::memory, .base = ZYDIS_REGISTER_NONE, .size = size, .number = 64};
  };
  const auto number = [](i64 n) { return Argument{.number = n}; };
  static const std::vector<Example> all = {
      {"an 8-bit register", reg(ZYDIS_REGISTER_BL)},
      {"a 16-bit register", reg(ZYDIS_REGISTER_BX)},
      {"a 32-bit register", reg(ZYDIS_REGISTER_EBX)},
      {"a 64-bit register", reg(ZYDIS_REGISTER_RBX)},
      {"al", reg(ZYDIS_REGISTER_AL)},
      {"ax", reg(ZYDIS_REGISTER_AX)},
      {"eax", reg(ZYDIS_REGISTER_EAX)},
      {"cl", reg(ZYDIS_REGISTER_CL)},
      {"dx", reg(ZYDIS_REGISTER_DX)},
      {"an xmm register", reg(ZYDIS_REGISTER_XMM3)},
      {"an mm register", reg(ZYDIS_REGISTER_MM3)},
      {"st(0)", reg(ZYDIS_REGISTER_ST0)},
      {"an st register", reg(ZYDIS_REGISTER_ST3)},
      {"a segment register", reg(ZYDIS_REGISTER_FS)},
      {"a control register", reg(ZYDIS_REGISTER_CR3)},
      {"a debug register", reg(ZYDIS_REGISTER_DR3)},
      {"byte ptr memory", memory(1)},
      {"word ptr memory", memory(2)},
      {"dword ptr memory", memory(4)},
      {"qword ptr memory", memory(8)},
      {"fword ptr memory", memory(6)},
      {"tbyte ptr memory", memory(10)},
      {"xmmword ptr memory", memory(16)},
      {"1", number(1)},
      {"a number of 8 bits", number(0x12)},
      {"a number of 16 bits", number(0x1234)},
      {"a number of 32 bits", number(0x12345678)},
      {"a number of 64 bits", number(0x123456789abcdef0)},
  };
  return all;
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return out;
}

bool fits(const Question& question) { return !ask(question).bytes.empty(); }

/// What `i` could be with the other operands as they are. A special register is named only where
/// registers of its kind do not fit in general; of numbers only the largest.
std::vector<std::string> fitting(const Question& question, size_t i) {
  std::vector<std::string> out;
  Question trial = question;
  std::string number;
  bool general[3] = {};
  for (const Example& example : examples()) {
    const ZydisRegister reg = example.argument.reg;
    const bool special = reg == ZYDIS_REGISTER_AL || reg == ZYDIS_REGISTER_CL ? general[0]
                         : reg == ZYDIS_REGISTER_AX || reg == ZYDIS_REGISTER_DX
                             ? general[1]
                             : reg == ZYDIS_REGISTER_EAX && general[2];
    if (special) continue;
    trial.arguments[i] = example.argument;
    if (!fits(trial)) continue;
    if (reg == ZYDIS_REGISTER_BL) general[0] = true;
    if (reg == ZYDIS_REGISTER_BX) general[1] = true;
    if (reg == ZYDIS_REGISTER_EBX) general[2] = true;
    if (example.argument.kind == Operand::Kind::number)
      number = example.words;
    else
      out.push_back(example.words);
  }
  if (!number.empty()) out.push_back(number);
  return out;
}

/// Whether any operands of this count fit.
bool takes_operands(Question question, size_t count) {
  question.arguments.resize(count);
  if (count == 0) return fits(question);
  for (const Example& example : examples()) {
    question.arguments[0] = example.argument;
    if (count == 1 ? fits(question) : false) return true;
    for (const Example& second : examples()) {
      if (count < 2) break;
      question.arguments[1] = second.argument;
      if (count == 2 ? fits(question) : false) return true;
      for (const i64 third : {1, 0x12}) {
        if (count < 3) break;
        question.arguments[2] = {.number = third};
        if (fits(question)) return true;
      }
    }
  }
  return false;
}

std::string count_text(const std::vector<size_t>& counts) {
  std::vector<std::string> words;
  for (const size_t count : counts) words.push_back(count == 0 ? "no" : std::to_string(count));
  return listed(words) + (counts.size() == 1 && counts[0] == 1 ? " operand" : " operands");
}

/// The wrong operand's own description, for "bl is 8 bits wide" would need its text; its place says it.
Complaint wrong_operand(const Instruction& instruction, const Question& question, const std::string& name) {
  for (size_t i = instruction.operands.size(); i-- > 0;) {
    const auto words = fitting(question, i);
    if (!words.empty())
      return {instruction.operands[i].where, name + " cannot take this here; it takes " + listed(words)};
  }
  return {instruction.word, name + " does not take these operands together"};
}

}  // namespace

std::string sizes_text(const std::vector<u16>& sizes) {
  std::vector<std::string> words;
  for (const u16 size : sizes) {
    if (auto name = size_name(size); !name.empty()) words.push_back(std::move(name));
  }
  return listed(words);
}

Complaint explain(const Instruction& instruction, const Question& question) {
  const std::string name = ZydisMnemonicGetString(question.mnemonic);
  Question trial = question;
  if (question.prefixes != 0) {
    trial.prefixes = 0;
    if (fits(trial)) {
      const bool lock = question.prefixes & ZYDIS_ATTRIB_HAS_LOCK;
      return {instruction.prefix_words,
              lock ? "lock goes with instructions that read, change and write memory, such as lock add [x], eax"
                   : "this prefix does not go with " + name};
    }
  }
  for (const isa::Mode mode : {isa::Mode::bits16, isa::Mode::bits32, isa::Mode::bits64}) {
    trial.mode = mode;
    if (mode != question.mode && !instruction.operands.empty()) continue;
    if (mode != question.mode && fits(trial)) {
      const bool now_64 = question.mode == isa::Mode::bits64;
      return {instruction.word, name + (now_64 ? " does not exist in 64-bit code" : " exists in 64-bit code only")};
    }
  }
  trial.mode = question.mode;
  std::vector<size_t> counts;
  for (size_t count = 0; count <= 3; ++count) {
    if (takes_operands(trial, count)) counts.push_back(count);
  }
  if (counts.empty()) return {instruction.word, name + " does not exist in this mode"};
  if (std::find(counts.begin(), counts.end(), instruction.operands.size()) == counts.end()) {
    const Span where =
        instruction.operands.size() > counts.back() ? instruction.operands[counts.back()].where : instruction.word;
    return {where, name + " takes " + count_text(counts)};
  }
  return wrong_operand(instruction, trial, name);
}

}  // namespace lucid::assembler
