// SPDX-License-Identifier: MIT
#include "core/inspect/backtrace.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace lucid::inspect {
namespace {

constexpr FrameRule no_frame{false, 8, false}, pushed{false, 16, true}, framed{true, 16, true};
constexpr u64 furthest = 16384;    // bytes of a function that are looked through
constexpr u64 lowest_code = 4096;  // page 0 is nobody's: what looks like a return to it is argc, say

bool word(const CodeMemory& memory, u64 address, u64& out) {
  const auto bytes = memory(Gva{address}, sizeof out);
  if (bytes.size() < sizeof out) return false;
  std::memcpy(&out, bytes.data(), sizeof out);
  return true;
}

bool is_register(const isa::Instruction& instruction, unsigned operand, ZydisRegister reg) {
  return instruction.info.operand_count > operand &&
         instruction.operands[operand].type == ZYDIS_OPERAND_TYPE_REGISTER &&
         instruction.operands[operand].reg.value == reg;
}

/// Otherwise than a frame's own PUSH RBP and POP RBP do.
bool moves_stack(const isa::Instruction& instruction) {
  const ZydisMnemonic mnemonic = instruction.mnemonic();
  if (mnemonic == ZYDIS_MNEMONIC_PUSH || mnemonic == ZYDIS_MNEMONIC_POP)
    return !is_register(instruction, 0, ZYDIS_REGISTER_RBP);
  return is_register(instruction, 0, ZYDIS_REGISTER_RSP) && mnemonic != ZYDIS_MNEMONIC_CMP &&
         mnemonic != ZYDIS_MNEMONIC_TEST;
}

/// What the frame is like behind an instruction that is not left by a jump.
std::optional<FrameRule> after(const isa::Instruction& instruction, const FrameRule& rule) {
  switch (instruction.mnemonic()) {
    case ZYDIS_MNEMONIC_PUSH:
      return rule == no_frame && is_register(instruction, 0, ZYDIS_REGISTER_RBP) ? pushed : rule;
    case ZYDIS_MNEMONIC_MOV:
      return rule == pushed && is_register(instruction, 0, ZYDIS_REGISTER_RBP) &&
                     is_register(instruction, 1, ZYDIS_REGISTER_RSP)
                 ? framed
                 : rule;
    case ZYDIS_MNEMONIC_POP:
      return is_register(instruction, 0, ZYDIS_REGISTER_RBP) ? no_frame : rule;
    case ZYDIS_MNEMONIC_LEAVE:
      return no_frame;
    case ZYDIS_MNEMONIC_RET:
    case ZYDIS_MNEMONIC_JMP:
    case ZYDIS_MNEMONIC_UD2:
      return std::nullopt;
    default:
      return rule;
  }
}

}  // namespace

std::optional<FrameRule> frame_rule(std::span<const u8> code, u64 offset) {
  if (offset > furthest) return std::nullopt;
  std::map<u64, FrameRule> at_target;  // of jumps seen so far, forward ones
  std::optional<FrameRule> rule = no_frame;
  bool ever_framed = false, moved = false;
  for (u64 at = 0; at <= offset && at < code.size();) {
    if (const auto target = at_target.find(at); target != at_target.end()) rule = target->second;
    // Reached from further on only, if at all: most likely from within the frame.
    if (!rule) rule = ever_framed ? framed : no_frame;
    if (at == offset) return moved && rule == no_frame && !ever_framed ? std::nullopt : rule;
    isa::Instruction instruction;
    if (isa::decode(code.subspan(at), isa::Mode::bits64, instruction) != isa::DecodeResult::ok) return std::nullopt;
    const u64 next = at + instruction.info.length;
    const auto& first = instruction.operands[0];
    const bool jumps = instruction.info.operand_count > 0 && first.type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                       first.imm.is_relative && instruction.mnemonic() != ZYDIS_MNEMONIC_CALL;
    if (jumps) at_target.emplace(next + first.imm.value.u, *rule);
    rule = after(instruction, *rule);
    ever_framed |= rule == framed;
    moved |= moves_stack(instruction);
    at = next;
  }
  return std::nullopt;
}

std::vector<StackFrame> backtrace(const Guest& guest, const CodeMemory& memory, const Symbolizer& symbols,
                                  unsigned most) {
  std::vector<StackFrame> frames;
  u64 pc = guest.cpu.rip, rsp = guest.cpu.gpr[cpu::rsp], rbp = guest.cpu.gpr[cpu::rbp];
  if (code_mode(guest.cpu) != isa::Mode::bits64) most = std::min(most, 1u);
  while (frames.size() < most) {
    const bool innermost = frames.empty();
    StackFrame frame;
    frame.address = Gva{pc};
    // A call at a function's very end returns behind it.
    frame.place = symbols.place(Gva{innermost ? pc : pc - 1});
    if (!innermost) ++frame.place.offset;
    frame.stack = Gva{rsp};
    frames.push_back(frame);
    if (frame.place.symbol.empty()) break;
    const u64 offset = frame.place.offset, function = pc - offset;
    const auto rule = frame_rule(memory(Gva{function}, std::min(offset, furthest) + isa::max_length), offset);
    // A frame of another's making below one that keeps none: what RBP points to, if it can be.
    const FrameRule used = rule.value_or(FrameRule{true, 16, true});
    const u64 cfa = (used.from_rbp ? rbp : rsp) + used.offset;
    u64 back = 0;
    if (cfa <= rsp || cfa & 7 || !word(memory, cfa - 8, back)) break;
    if (used.rbp_saved && !word(memory, cfa - 16, rbp)) break;
    // User code below kernel code or the other way round is no call.
    if (back < lowest_code || (back >> 63) != (pc >> 63)) break;
    frames.back().frame = Gva{cfa};
    frames.back().return_address = Gva{back};
    pc = back, rsp = cfa;
  }
  return frames;
}

}  // namespace lucid::inspect
