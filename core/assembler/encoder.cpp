// SPDX-License-Identifier: MIT
#include "core/assembler/encoder.h"

#include <string>
#include <utility>

#include "core/assembler/expectation.h"
#include "core/assembler/request.h"
#include "core/assembler/shorthand.h"

namespace lucid::assembler {
namespace {

constexpr u8 fwait = 0x9b;

bool fits_signed(i64 value, unsigned bits) {
  return bits >= 64 || (value >= -(i64{1} << (bits - 1)) && value < i64{1} << (bits - 1));
}
bool fits_field(i64 value, unsigned bits) {
  return bits >= 64 || (value >= -(i64{1} << (bits - 1)) && value < i64{1} << bits);
}

class Encoding {
 public:
  Encoding(const Instruction& instruction, isa::Mode mode, const Surroundings& around, Growth& growth)
      : insn_(instruction), mode_(mode), around_(around), growth_(growth) {}

  Result<Bytes, Complaint> encode() {
    question_.mnemonic = insn_.name.mnemonic;
    question_.mode = mode_;
    question_.prefixes = insn_.prefixes;
    question_.address_size = insn_.address_size;
    question_.operand_size = insn_.name.size_hint;
    question_.wide_number = growth_.wide_number || insn_.name.wide;
    if (insn_.name.far) question_.branch = ZYDIS_BRANCH_TYPE_FAR;
    for (const Operand& operand : insn_.operands) {
      if (!add(operand)) return std::move(problem_);
    }
    if (insn_.name.comparison >= 0) question_.arguments.push_back({.number = insn_.name.comparison});
    choose_branch();
    Answer answer = ask_all();
    if (answer.bytes.empty()) return why_not(answer);
    bytes_ = std::move(answer.bytes);
    if (insn_.name.waits) bytes_.insert(bytes_.begin(), fwait);
    if (!fill_in()) return std::move(problem_);
    return std::move(bytes_);
  }

 private:
  bool fail(Span where, std::string message) {
    problem_ = {where, std::move(message)};
    return false;
  }

  bool add(const Operand& operand) {
    Argument argument{.kind = operand.kind,
                      .reg = operand.reg,
                      .base = operand.base,
                      .index = operand.index,
                      .scale = operand.scale,
                      .size = operand.size};
    if (operand.kind == Operand::Kind::reg && operand.reg == ZYDIS_REGISTER_RIP)
      return fail(operand.where, "rip is only used in addresses; jmp and call change it");
    Value value;
    if (!operand.value.empty()) {
      auto evaluated = evaluate(operand.value, around_);
      if (!evaluated) return fail(evaluated.error().where, evaluated.error().message);
      value = evaluated.value();
    }
    if (operand.kind == Operand::Kind::pointer) {
      auto selector = evaluate(operand.selector, around_);
      if (!selector) return fail(selector.error().where, selector.error().message);
      if (selector.value().number > 0xffff) return fail(operand.selector.where, "a selector has 16 bits");
      argument.selector = static_cast<u16>(selector.value().number);
    }
    argument.number = static_cast<i64>(value.number);
    argument.open = !value.settled || insn_.name.wide;
    if (operand.kind == Operand::Kind::memory && !place(operand, value, argument)) return false;
    if (operand.kind == Operand::Kind::number && operand.size != 0) hint(operand.size);
    if (operand.far || (operand.kind == Operand::Kind::memory && operand.size == 6 && is_branch(insn_.name.mnemonic)))
      question_.branch = ZYDIS_BRANCH_TYPE_FAR;
    values_.push_back(value);
    question_.arguments.push_back(std::move(argument));
    return true;
  }
  /// "push word 5"
  void hint(u16 size) {
    if (insn_.operands.size() != 1) return;
    question_.operand_size = size == 2   ? ZYDIS_OPERAND_SIZE_HINT_16
                             : size == 4 ? ZYDIS_OPERAND_SIZE_HINT_32
                                         : question_.operand_size;
  }

  /// Decides between RIP-relative and absolute, and normalises the displacement.
  bool place(const Operand& operand, const Value& value, Argument& argument) {
    const bool registers = operand.base != ZYDIS_REGISTER_NONE || operand.index != ZYDIS_REGISTER_NONE;
    if (operand.base == ZYDIS_REGISTER_RIP) {
      if (mode_ != isa::Mode::bits64) return fail(operand.where, "only 64-bit code has addresses relative to rip");
      if (operand.index != ZYDIS_REGISTER_NONE)
        return fail(operand.where, "rip cannot be combined with other registers");
      relative_ = value.addresses != 0;
    } else if (mode_ == isa::Mode::bits64 && !registers) {
      const bool thread_local_block = operand.segment == ZYDIS_REGISTER_FS || operand.segment == ZYDIS_REGISTER_GS;
      const bool out_of_reach =
          value.settled && !fits_signed(argument.number, 32) && insn_.name.mnemonic != ZYDIS_MNEMONIC_MOV;
      relative_ = operand.reference == Reference::relative ||
                  (operand.reference == Reference::automatic && !thread_local_block &&
                   (value.addresses != 0 || out_of_reach) && !insn_.name.wide);
    } else if (operand.reference == Reference::relative) {
      return fail(operand.where, registers ? "rel goes with a label alone; leave it out here"
                                           : "only 64-bit code has addresses relative to rip");
    }
    if (relative_) argument.base = ZYDIS_REGISTER_RIP, argument.open = true;
    // The encoder would shorten a number alone with an address size prefix.
    if (!registers && mode_ != isa::Mode::bits64) argument.open = true;
    if (operand.segment != ZYDIS_REGISTER_NONE) add_segment(operand);
    const unsigned bits =
        mode_ == isa::Mode::bits16 && register_bytes(operand.base) != 4 && register_bytes(operand.index) != 4   ? 16
        : mode_ == isa::Mode::bits64 && register_bytes(operand.base) != 4 && register_bytes(operand.index) != 4 ? 64
                                                                                                                : 32;
    if (!argument.open && bits < 64) {
      if (!fits_field(argument.number, bits))
        return fail(operand.where, "the displacement does not fit " + std::to_string(bits) + " bits");
      argument.number = bits == 32 ? static_cast<i32>(argument.number) : static_cast<i16>(argument.number);
    }
    return true;
  }
  void add_segment(const Operand& operand) {
    const auto id = [](ZydisRegister reg) {
      return ZydisRegisterGetId(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg));
    };
    constexpr ZyanI8 rsp = 4, rbp = 5;
    const bool stack = operand.base != ZYDIS_REGISTER_NONE && operand.base != ZYDIS_REGISTER_RIP &&
                       (id(operand.base) == rsp || id(operand.base) == rbp);
    const ZydisRegister usual = stack ? ZYDIS_REGISTER_SS : ZYDIS_REGISTER_DS;
    if (operand.segment == usual) return;
    const bool has_base = operand.segment == ZYDIS_REGISTER_FS || operand.segment == ZYDIS_REGISTER_GS;
    if (mode_ == isa::Mode::bits64 && !has_base) return;  // the others mean nothing in 64-bit code
    switch (operand.segment) {
      case ZYDIS_REGISTER_ES:
        question_.prefixes |= ZYDIS_ATTRIB_HAS_SEGMENT_ES;
        break;
      case ZYDIS_REGISTER_CS:
        question_.prefixes |= ZYDIS_ATTRIB_HAS_SEGMENT_CS;
        break;
      case ZYDIS_REGISTER_SS:
        question_.prefixes |= ZYDIS_ATTRIB_HAS_SEGMENT_SS;
        break;
      case ZYDIS_REGISTER_DS:
        question_.prefixes |= ZYDIS_ATTRIB_HAS_SEGMENT_DS;
        break;
      case ZYDIS_REGISTER_FS:
        question_.prefixes |= ZYDIS_ATTRIB_HAS_SEGMENT_FS;
        break;
      default:
        question_.prefixes |= ZYDIS_ATTRIB_HAS_SEGMENT_GS;
        break;
    }
  }

  bool branches() const {
    return is_branch(insn_.name.mnemonic) && !insn_.operands.empty() && insn_.operands[0].kind == Operand::Kind::number;
  }
  void choose_branch() {
    if (question_.branch == ZYDIS_BRANCH_TYPE_FAR) return;
    if (!branches()) {
      if (is_branch(insn_.name.mnemonic)) question_.branch = ZYDIS_BRANCH_TYPE_NEAR;
      if (!insn_.operands.empty() && insn_.operands[0].kind == Operand::Kind::pointer)
        question_.branch = ZYDIS_BRANCH_TYPE_FAR;
      return;
    }
    Argument& target = question_.arguments[0];
    target.size = 0, target.open = false, target.number = 0;
    const bool near_only = insn_.name.mnemonic == ZYDIS_MNEMONIC_CALL;
    const bool far_off = growth_.near_branch || insn_.operands[0].distance == 2;
    question_.branch = near_only || far_off ? ZYDIS_BRANCH_TYPE_NEAR : ZYDIS_BRANCH_TYPE_SHORT;
  }

  /// The order of XCHG's operands means nothing: whichever is shorter.
  Answer ask_exchange() {
    Answer answer = ask(question_);
    Question other = question_;
    std::swap(other.arguments[0], other.arguments[1]);
    if (Answer swapped = ask(other); !swapped.bytes.empty() && swapped.bytes.size() < answer.bytes.size())
      return swapped;
    return answer;
  }
  Answer ask_all() {
    if (question_.mnemonic == ZYDIS_MNEMONIC_XCHG && question_.arguments.size() == 2) {
      if (Answer answer = ask_exchange(); !answer.bytes.empty()) return answer;
    }
    Answer first;
    for (const u64 prefixes : prefix_readings(question_.prefixes)) {
      question_.prefixes = prefixes;
      Answer answer = ask(question_);
      if (!answer.bytes.empty()) return answer;
      if (!answer.choices.empty()) first = answer;
    }
    if (!first.choices.empty()) return first;
    for (const Question& meaning : meanings(question_)) {
      Answer answer = ask(meaning);
      if (!answer.bytes.empty() || !answer.choices.empty()) return answer;
    }
    return first;
  }

  Complaint why_not(const Answer& answer) const {
    if (!answer.choices.empty()) {
      for (const Operand& operand : insn_.operands) {
        if (operand.kind == Operand::Kind::memory)
          return {operand.where, "how many bytes? write " + sizes_text(answer.choices) + " before it"};
      }
    }
    return explain(insn_, question_);
  }

  // --- what was held open ---

  bool fill_in() {
    isa::Instruction decoded;
    const unsigned skip = insn_.name.waits ? 1 : 0;
    const std::span<const u8> code(bytes_.data() + skip, bytes_.size() - skip);
    if (isa::decode(code, mode_, decoded) != isa::DecodeResult::ok) return true;
    const auto& raw = decoded.info.raw;
    const u64 end = around_.here + bytes_.size();
    unsigned number = 0;
    for (size_t i = 0; i < insn_.operands.size(); ++i) {
      const Operand& operand = insn_.operands[i];
      if (operand.kind == Operand::Kind::memory && question_.arguments[i].open) {
        if (!fill_displacement(operand, values_[i], skip + raw.disp.offset, raw.disp.size, end)) return false;
      } else if (operand.kind == Operand::Kind::number) {
        const auto& field = raw.imm[number == 0 || raw.imm[1].size == 0 ? 0 : 1];
        ++number;
        if (branches() && i == 0) {
          if (!fill_target(operand, values_[i], skip + field.offset, field.size, end)) return false;
        } else if (question_.arguments[i].open && !fill_number(operand, values_[i], skip + field.offset, field.size)) {
          return false;
        }
      } else if (operand.kind == Operand::Kind::pointer && question_.arguments[i].open) {
        put(bytes_.size() - 6, 32, values_[i].number);
      }
    }
    return true;
  }
  void put(size_t offset, unsigned bits, u64 value) {
    for (unsigned i = 0; i < bits / 8 && offset + i < bytes_.size(); ++i)
      bytes_[offset + i] = static_cast<u8>(value >> 8 * i);
  }
  bool certain(const Value& value) const { return around_.final && value.known; }

  bool fill_displacement(const Operand& operand, const Value& value, size_t offset, unsigned bits, u64 end) {
    const u64 written = relative_ ? value.number - end : value.number;
    const auto signed_value = static_cast<i64>(written);
    const bool fits = mode_ == isa::Mode::bits64 ? fits_signed(signed_value, bits) : fits_field(signed_value, bits);
    if (certain(value) && !fits) {
      return fail(operand.where,
                  relative_ ? "this place is more than 2 GiB away"
                            : "this address does not fit 32 bits; put it into a register first: lea rax, [label]");
    }
    put(offset, bits, written);
    return true;
  }
  bool fill_number(const Operand& operand, const Value& value, size_t offset, unsigned bits) {
    const auto number = static_cast<i64>(value.number);
    // A field of 32 bits beside a 64-bit operand is sign-extended.
    const bool extended = bits == 32 && !question_.arguments.empty() && register_bytes(question_.arguments[0].reg) == 8;
    const bool fits = extended ? fits_signed(number, bits) : fits_field(number, bits);
    const bool can_grow = extended && insn_.name.mnemonic == ZYDIS_MNEMONIC_MOV;
    if (value.known && !fits && (can_grow || around_.final)) {
      growth_.wide_number |= can_grow;
      return fail(operand.where, "this number does not fit " + std::to_string(bits) + " bits");
    }
    put(offset, bits, value.number);
    return true;
  }
  bool fill_target(const Operand& operand, const Value& value, size_t offset, unsigned bits, u64 end) {
    const u64 distance = wrapped(value.number - end);
    if (around_.placed && value.known && !fits_signed(static_cast<i64>(distance), bits)) {
      const bool can_grow = bits == 8 && operand.distance != 1 && has_near_form();
      growth_.near_branch |= can_grow;
      if (can_grow || around_.final)
        return fail(operand.where,
                    "the target is " + std::to_string(static_cast<i64>(distance)) + " bytes away, and " +
                        std::string(bits == 8 ? "this branch reaches -128 to 127" : "a branch reaches 2 GiB"));
    }
    put(offset, bits, distance);
    return true;
  }
  /// The instruction pointer has 16 or 32 bits in other code.
  u64 wrapped(u64 distance) const {
    switch (mode_) {
      case isa::Mode::bits16:
        return static_cast<u64>(static_cast<i16>(distance));
      case isa::Mode::bits32:
        return static_cast<u64>(static_cast<i32>(distance));
      case isa::Mode::bits64:
        break;
    }
    return distance;
  }
  bool has_near_form() const {
    Question near = question_;
    near.branch = ZYDIS_BRANCH_TYPE_NEAR;
    return !ask(near).bytes.empty();
  }

  const Instruction& insn_;
  isa::Mode mode_;
  const Surroundings& around_;
  Growth& growth_;
  Question question_;
  std::vector<Value> values_;
  Bytes bytes_;
  bool relative_ = false;
  Complaint problem_;
};

}  // namespace

Result<Bytes, Complaint> encode(const Instruction& instruction, isa::Mode mode, const Surroundings& around,
                                Growth& growth) {
  return Encoding(instruction, mode, around, growth).encode();
}

}  // namespace lucid::assembler
