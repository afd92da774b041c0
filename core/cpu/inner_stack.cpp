// SPDX-License-Identifier: MIT
#include "core/cpu/inner_stack.h"

#include "core/cpu/memory.h"

namespace lucid::cpu {
namespace {

bool read_tss(Core& c, u32 ext, unsigned offset, void* out, unsigned bytes) {
  const Segment& tr = c.state.tr;
  if (offset + bytes - 1 > tr.limit) return Refusal{Vector::invalid_tss, ext}.raise(c, tr.selector);
  return load_system(c, tr.base + offset, out, bytes);
}

bool is_narrow(const Segment& tss) { return (type_of(tss.attributes) & ~2u) == system_type::tss16_available; }

/// SP and SS next to each other, in words of this size.
template <typename Word>
bool read_pair(Core& c, u32 ext, unsigned offset, StackPointer& out, u16& selector) {
  Word raw[2] = {};
  if (!read_tss(c, ext, offset, raw, sizeof raw)) return false;
  out.pointer = raw[0];
  selector = static_cast<u16>(raw[1]);
  return true;
}

}  // namespace

bool inner_stack(Core& c, unsigned cpl, u32 ext, StackPointer& out) {
  if (c.long_mode()) {
    out.segment = {static_cast<u16>(cpl), static_cast<u16>(cpl << 5), 0, 0};
    return read_tss(c, ext, 4 + 8 * cpl, &out.pointer, 8);
  }
  u16 selector = 0;
  const bool read = is_narrow(c.state.tr) ? read_pair<u16>(c, ext, 2 + 4 * cpl, out, selector)
                                          : read_pair<u32>(c, ext, 4 + 8 * cpl, out, selector);
  return read && read_stack_segment(c, selector, cpl, {Vector::invalid_tss, ext}, out.segment);
}

bool interrupt_stack(Core& c, unsigned index, u32 ext, u64& out) {
  return read_tss(c, ext, 0x24 + 8 * (index - 1), &out, 8);
}

FrameWriter::FrameWriter(Core& c, const StackPointer& stack, unsigned cpl, u32 error)
    : c_(c), segment_(stack.segment), pointer_(stack.pointer), mask_(~u64{0}), cpl_(cpl), error_(error) {
  if (!c.long_mode()) mask_ = segment_.attributes & segment_bit::db ? 0xffffffff : 0xffff;
}

bool FrameWriter::push(u64 value, unsigned bytes) {
  const u64 next = (pointer_ & ~mask_) | ((pointer_ - bytes) & mask_);
  u64 linear = next;
  const bool room =
      c_.long_mode() ? c_.canonical(next) && c_.canonical(next + bytes - 1)
                     : segment_allows(c_, segment_, static_cast<u32>(next & mask_), bytes, mem::Access::write, linear);
  if (!room) {
    c_.raise(Vector::stack_fault, error_);
    return false;
  }
  if (!store_stack(c_, linear, &value, bytes, cpl_)) return false;
  pointer_ = next;
  return true;
}

}  // namespace lucid::cpu
