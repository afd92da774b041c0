// SPDX-License-Identifier: MIT
#include "core/assembler/request.h"

#include <algorithm>

#include "core/assembler/names.h"
#include "core/assembler/usual.h"

namespace lucid::assembler {
namespace {

/// Sizes of memory operands that instructions have, more usual ones first.
constexpr u16 memory_sizes[] = {8, 4, 2, 1, 16, 10, 6, 0, 14, 28, 64, 94, 108, 512, 576};

/// The register beside them is no hint of how much memory they read.
bool register_says_nothing(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_CRC32:
    case ZYDIS_MNEMONIC_CVTSI2SS:
    case ZYDIS_MNEMONIC_CVTSI2SD:
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
    case ZYDIS_MNEMONIC_RCL:
    case ZYDIS_MNEMONIC_RCR:
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
      return true;
    default:
      return false;
  }
}

/// They take an address and read nothing there, or a block whose size has no name: any size will do.
bool size_is_moot(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_INVLPG:
    case ZYDIS_MNEMONIC_CLFLUSH:
    case ZYDIS_MNEMONIC_PREFETCH:
    case ZYDIS_MNEMONIC_PREFETCHW:
    case ZYDIS_MNEMONIC_PREFETCHNTA:
    case ZYDIS_MNEMONIC_PREFETCHT0:
    case ZYDIS_MNEMONIC_PREFETCHT1:
    case ZYDIS_MNEMONIC_PREFETCHT2:
    case ZYDIS_MNEMONIC_LGDT:
    case ZYDIS_MNEMONIC_LIDT:
    case ZYDIS_MNEMONIC_SGDT:
    case ZYDIS_MNEMONIC_SIDT:
    case ZYDIS_MNEMONIC_BOUND:
    case ZYDIS_MNEMONIC_FLDENV:
    case ZYDIS_MNEMONIC_FNSTENV:
    case ZYDIS_MNEMONIC_FRSTOR:
    case ZYDIS_MNEMONIC_FNSAVE:
      return true;
    default:
      return false;
  }
}

u16 mode_bytes(isa::Mode mode) { return mode == isa::Mode::bits64 ? 8 : mode == isa::Mode::bits32 ? 4 : 2; }

/// The size that memory has when nothing is said; 0 = the register beside it decides, if any.
u16 default_size(const Question& q) {
  switch (q.mnemonic) {
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_POP:
      return mode_bytes(q.mode);
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_JMP:
      if (q.branch == ZYDIS_BRANCH_TYPE_FAR) return q.mode == isa::Mode::bits16 ? 4 : 6;
      return mode_bytes(q.mode);
    case ZYDIS_MNEMONIC_MOVQ:
      return 8;
    case ZYDIS_MNEMONIC_MOVD:
      return 4;
    default:
      return 0;
  }
}

/// The ways to read a number as an operand of so many bytes: its sign continued, as a byte, as it is.
std::vector<i64> readings(const Argument& argument, u16 bytes, bool wide) {
  if (argument.open) {
    if (wide) return {0x123456789abcdef0};
    if (bytes == 1) return {0x12};
    if (bytes == 2) return {0x1234, 0x12};
    return {0x12345678, 0x1234, 0x12};
  }
  const i64 n = argument.number;
  std::vector<i64> out;
  const auto add = [&](i64 value) {
    if (std::find(out.begin(), out.end(), value) == out.end()) out.push_back(value);
  };
  if (bytes == 0 || bytes >= 8) {
    add(n);
  } else {
    const unsigned bits = bytes * 8u;
    const i64 half = i64{1} << (bits - 1);
    if (n < -half || n >= half * 2) return {};
    add(n >= half ? n - half * 2 : n);
    add(n < 0 ? n + half * 2 : n);
  }
  if (n < 0 && n >= -128) add(n + 256);
  if (bytes >= 2 && n < 0 && n >= -0x8000) add(n + 0x10000);
  return out;
}

ZydisMachineMode machine_mode(isa::Mode mode) {
  return mode == isa::Mode::bits64   ? ZYDIS_MACHINE_MODE_LONG_64
         : mode == isa::Mode::bits32 ? ZYDIS_MACHINE_MODE_LEGACY_32
                                     : ZYDIS_MACHINE_MODE_LEGACY_16;
}

class Asker {
 public:
  explicit Asker(const Question& question) : q_(question) {}

  Answer ask() {
    if (q_.arguments.size() > ZYDIS_ENCODER_MAX_OPERANDS) return {};
    fill();
    if (memory_ < 0 || q_.arguments[static_cast<size_t>(memory_)].size != 0) {
      Answer said{attempt(memory_ < 0 ? u16{0} : q_.arguments[static_cast<size_t>(memory_)].size), {}};
      if (!said.bytes.empty() || memory_ < 0 || !size_is_moot(q_.mnemonic)) return said;
    }
    return search_size();
  }

 private:
  void fill() {
    request_.machine_mode = machine_mode(q_.mode);
    request_.allowed_encodings = ZYDIS_ENCODABLE_ENCODING_LEGACY;
    request_.mnemonic = mnemonic_to_ask(q_);
    request_.prefixes = q_.prefixes;
    request_.branch_type = q_.branch;
    request_.address_size_hint = q_.address_size;
    request_.operand_size_hint = q_.operand_size;
    if (q_.branch == ZYDIS_BRANCH_TYPE_SHORT) request_.branch_width = ZYDIS_BRANCH_WIDTH_8;
    if (q_.branch == ZYDIS_BRANCH_TYPE_FAR && q_.mode == isa::Mode::bits16 && q_.arguments.size() == 1 &&
        q_.arguments[0].kind == Operand::Kind::pointer && q_.arguments[0].number > 0xffff)
      request_.branch_width = ZYDIS_BRANCH_WIDTH_32;
    if (q_.branch == ZYDIS_BRANCH_TYPE_NEAR && !q_.arguments.empty() && q_.arguments[0].kind == Operand::Kind::number)
      request_.branch_width = q_.mode == isa::Mode::bits16 ? ZYDIS_BRANCH_WIDTH_16 : ZYDIS_BRANCH_WIDTH_32;
    request_.operand_count = static_cast<ZyanU8>(q_.arguments.size());
    for (size_t i = 0; i < q_.arguments.size(); ++i)
      fill_operand(q_.arguments[i], request_.operands[i], static_cast<int>(i));
  }
  void fill_operand(const Argument& from, ZydisEncoderOperand& to, int index) {
    switch (from.kind) {
      case Operand::Kind::reg:
        to.type = ZYDIS_OPERAND_TYPE_REGISTER;
        to.reg.value = register_to_ask(q_, from.reg);
        if (const u16 bytes = register_bytes(from.reg); beside_ == 0 && bytes != 0) beside_ = bytes;
        break;
      case Operand::Kind::memory:
        to.type = ZYDIS_OPERAND_TYPE_MEMORY;
        to.mem.base = from.base;
        to.mem.index = from.index;
        to.mem.scale = from.index == ZYDIS_REGISTER_NONE ? 0 : from.scale;
        to.mem.displacement = from.open ? open_displacement(from) : from.number;
        if (memory_ < 0) memory_ = index;
        break;
      case Operand::Kind::number:
        to.type = ZYDIS_OPERAND_TYPE_IMMEDIATE;
        numbers_.push_back(static_cast<size_t>(index));
        break;
      case Operand::Kind::pointer:
        to.type = ZYDIS_OPERAND_TYPE_POINTER;
        to.ptr.segment = from.selector;
        to.ptr.offset = static_cast<ZyanU32>(from.open ? 0x12345678 : from.number);
        break;
    }
  }
  u16 address_bytes(const Argument& memory) const {
    if (const u16 bytes = register_bytes(memory.base)) return bytes;
    if (const u16 bytes = register_bytes(memory.index)) return bytes;
    return mode_bytes(q_.mode);
  }

  i64 open_displacement(const Argument& memory) const {
    const bool alone = memory.base == ZYDIS_REGISTER_NONE && memory.index == ZYDIS_REGISTER_NONE;
    if (q_.wide_number && alone) return 0x123456789abcdef0;
    return address_bytes(memory) == 2 ? 0x1234 : 0x12345678;
  }

  /// The bytes with a memory operand of this size, by whichever reading of the numbers fits first.
  Bytes attempt(u16 memory_bytes) {
    if (memory_ >= 0) request_.operands[memory_].mem.size = memory_bytes;
    return attempt_numbers(0, beside_first(memory_bytes));
  }
  /// The size that a number beside is read by: that of the first operand.
  u16 beside_first(u16 memory_bytes) const {
    if (memory_ == 0) return memory_bytes;
    if (beside_ != 0) return beside_;
    return is_branch(q_.mnemonic) || q_.arguments.size() != 1 ? u16{0} : mode_bytes(q_.mode);
  }
  Bytes attempt_numbers(size_t which, u16 bytes) {
    if (which == numbers_.size()) return encode_now();
    const Argument& argument = q_.arguments[numbers_[which]];
    for (const i64 reading : readings(argument, argument.size ? argument.size : bytes, q_.wide_number)) {
      request_.operands[numbers_[which]].imm.s = reading;
      if (Bytes out = attempt_numbers(which + 1, bytes); !out.empty()) return out;
    }
    return {};
  }
  Bytes encode_now() const {
    u8 buffer[ZYDIS_MAX_INSTRUCTION_LENGTH];
    ZyanUSize length = sizeof buffer;
    if (!ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(&request_, buffer, &length))) return {};
    Bytes out(buffer, buffer + length);
    make_usual(q_, out);
    return out;
  }

  Answer search_size() {
    const u16 preferred = default_size(q_) ? default_size(q_) : register_says_nothing(q_.mnemonic) ? u16{0} : beside_;
    if (preferred != 0) {
      if (Bytes bytes = attempt(preferred); !bytes.empty()) return {std::move(bytes), {}};
    }
    Answer answer;
    Bytes shortest;
    bool same = true;
    for (const u16 size : memory_sizes) {
      Bytes bytes = attempt(size);
      if (bytes.empty()) continue;
      answer.choices.push_back(size);
      same = same && (shortest.empty() || bytes == shortest);
      if (shortest.empty() || bytes.size() < shortest.size()) shortest = std::move(bytes);
    }
    if (same || size_is_moot(q_.mnemonic)) return {std::move(shortest), {}};
    std::sort(answer.choices.begin(), answer.choices.end());
    return answer;
  }

  const Question& q_;
  ZydisEncoderRequest request_{};
  int memory_ = -1;              // which operand is the memory, -1 = none
  u16 beside_ = 0;               // bytes of the first register that has a size
  std::vector<size_t> numbers_;  // which operands are numbers
};

}  // namespace

bool is_branch(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_LOOP:
    case ZYDIS_MNEMONIC_LOOPE:
    case ZYDIS_MNEMONIC_LOOPNE:
      return true;
    default:
      return ZydisMnemonicGetString(mnemonic)[0] == 'j';
  }
}

Answer ask(const Question& question) { return Asker(question).ask(); }

}  // namespace lucid::assembler
