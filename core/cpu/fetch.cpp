// SPDX-License-Identifier: MIT
#include "core/cpu/fetch.h"

#include <algorithm>

#include "core/cpu/segments.h"
#include "core/cpu/translate/builder.h"

namespace lucid::cpu {
namespace {

bool translate_fetch(Core& c, u64 linear, Gpa& out) {
  const mem::TlbEntry& entry = c.tlb->fetch[mem::Tlb::slot(linear)];
  if (entry.tag == (linear & ~page_mask)) {
    const auto base = reinterpret_cast<std::uintptr_t>(c.mmu.ram().data());
    out = {static_cast<std::uintptr_t>(linear) + entry.addend - base};
    return true;
  }
  const mem::Translation t = c.mmu.translate({linear}, mem::Access::fetch, c.privilege());
  out = t.physical;
  if (t.ok()) return true;
  if (t.outcome == mem::Translation::Outcome::not_canonical)
    c.general_protection();
  else
    c.fault = {Vector::page_fault, t.error_code, linear};
  return false;
}

/// The bytes of one instruction, and whether they reach into the next page.
struct Bytes {
  u8 buffer[isa::max_length];
  unsigned in_page = 0;  // how many of them lie in the first page
  bool crosses = false;
  Gpa second;  // the next page, when it crosses
};

void read_code(Core& c, Gpa at, u8* to, unsigned count) {
  if (!c.mmu.ram().read(at, {to, count})) std::fill(to, to + count, u8{0xff});
}

isa::DecodeResult decode_crossing(Core& c, Gpa at, u64 linear, Bytes& bytes, isa::Instruction& insn, bool& faults) {
  faults = !c.mode64() && c.state.segment[cs].limit - c.rip < bytes.in_page;
  if (faults) return c.general_protection(), isa::DecodeResult::invalid;
  const u64 next_page = (linear & ~page_mask) + page_size;
  faults = !translate_fetch(c, c.long_mode() ? next_page : static_cast<u32>(next_page), bytes.second);
  if (faults) return isa::DecodeResult::invalid;
  read_code(c, at, bytes.buffer, bytes.in_page);  // again: the walk may have set an A bit in it
  read_code(c, bytes.second, bytes.buffer + bytes.in_page, isa::max_length - bytes.in_page);
  bytes.crosses = true;
  return isa::decode(bytes.buffer, c.mode, insn);
}

/// What stands for bytes that are no instruction: an exception, when they are reached.
void emit_bad(translate::Builder& builder, isa::Instruction& insn, const Bytes& bytes, isa::DecodeResult result) {
  insn.info.length = 0;
  MicroOp& op = builder.emit(result == isa::DecodeResult::too_long ? Op::too_long : Op::undefined_opcode);
  const unsigned shown = std::min(bytes.in_page, 8u);
  op.length = static_cast<u8>(shown);
  std::memcpy(&op.imm, bytes.buffer, shown);
  builder.end_block();
}

void emit_end(translate::Builder& builder, isa::Instruction& insn, unsigned offset, unsigned number) {
  insn.info.length = 0;
  builder.begin(insn, static_cast<u16>(offset), number);
  builder.emit(Op::block_end);
}

Block* build(Core& c, Gpa first, u64 linear, u64 key) {
  translate::Builder builder(c.mode);
  isa::Instruction insn;
  Bytes bytes;
  unsigned offset = first.page_offset(), number = 0;
  const Gpa page = first.page();
  u64 second_bytes = 0;
  while (!builder.ended() && number < max_block_instructions && builder.size() + 8 < max_block_ops) {
    bytes.in_page = static_cast<unsigned>(std::min<u64>(isa::max_length, page_size - offset));
    if (bytes.in_page == 0 || (number != 0 && c.code->splits_at(offset))) break;
    read_code(c, page + offset, bytes.buffer, bytes.in_page);
    isa::DecodeResult result = isa::decode({bytes.buffer, bytes.in_page}, c.mode, insn);
    const bool unseen = bytes.in_page < isa::max_length;  // an instruction too long is fetched before it is judged
    if (result == isa::DecodeResult::truncated || (result == isa::DecodeResult::too_long && unseen)) {
      if (number != 0) break;
      bool faults = false;
      result = decode_crossing(c, page + offset, linear, bytes, insn, faults);
      if (faults) return nullptr;
    }
    builder.begin(insn, static_cast<u16>(offset), number);
    const unsigned before = builder.size();
    if (result != isa::DecodeResult::ok) {
      emit_bad(builder, insn, bytes, result);
    } else if (!translate::instruction(builder)) {
      builder.truncate(before);
      emit_bad(builder, insn, bytes, result);
    }
    ++number;
    offset += insn.info.length;
    if (bytes.crosses) {
      second_bytes = offset > page_size ? offset - page_size : 1;
      break;
    }
  }
  if (!builder.ended()) emit_end(builder, insn, offset, number);
  const u64 length = std::max<u64>(std::min<u64>(offset, page_size) - first.page_offset(), 1);
  // Undecodable bytes were looked at too: a write to them must be noticed.
  const u64 watched = std::min<u64>(length + isa::max_length, page_size - first.page_offset());
  const bool has_second = bytes.crosses && c.mmu.ram().contains(bytes.second, page_size);
  return c.code->add(key, builder.ops(), builder.size(), number, first, watched, has_second ? &bytes.second : nullptr,
                     second_bytes);
}

/// A crossing block is good only while the next page is still the frame it was decoded from.
bool second_page_matches(Core& c, const Block& block, u64 linear, bool& faults) {
  Gpa second;
  const u64 next_page = (linear & ~page_mask) + page_size;
  faults = !translate_fetch(c, c.long_mode() ? next_page : static_cast<u32>(next_page), second);
  return !faults && second.frame_number() == block.frames[1];
}

Block* block_at(Core& c) {
  const u64 linear = linear_ip(c);
  Gpa at;
  if (!translate_fetch(c, linear, at)) return nullptr;
  if (!c.mmu.ram().contains(at, 1)) return c.undefined(), nullptr;  // empty bus: 0xff 0xff is no instruction
  c.r[slot_page / 8] = c.rip - (linear & page_mask);
  const u64 key = Block::key_of(at, c.mode);
  Block* block = c.code->find(key);
  if (block != nullptr && !block->crosses) return block;
  if (block != nullptr) {
    bool faults = false;
    const bool matches = second_page_matches(c, *block, linear, faults);
    if (matches && block->valid) return block;
    if (faults) return nullptr;
    c.code->drop_frame(block->frames[0]);
  }
  return build(c, at, linear, key);
}

/// An instruction that reaches beyond the limit of CS is #GP; those before it may run.
Block* clip(Core& c, Block& block, u64 room) {
  const u64 start = block.ops[0].ip;
  const auto end_of = [&](const MicroOp& op) { return op.ip + u64{op.length} - start; };
  if (LUCID_LIKELY(end_of(block.ops[block.op_count - 1]) <= room)) return &block;
  unsigned i = 0;
  while (end_of(block.ops[i]) <= room) ++i;
  const unsigned fitting = block.ops[i].number;
  if (fitting == 0) return c.general_protection(), nullptr;
  return c.code->within_limit.make(block, fitting, c.code->no_block());
}

}  // namespace

Block* find_block(Core& c) {
  if (c.mode64()) return block_at(c);
  c.rip = static_cast<u32>(c.rip);
  const u64 limit = c.state.segment[cs].limit;
  if (c.rip > limit) return c.general_protection(), nullptr;
  Block* block = block_at(c);
  return block == nullptr ? nullptr : clip(c, *block, limit - c.rip + 1);
}

}  // namespace lucid::cpu
