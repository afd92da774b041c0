// SPDX-License-Identifier: MIT
#include "core/cpu/delivery.h"

#include "core/cpu/inner_stack.h"
#include "core/cpu/memory.h"
#include "core/cpu/segments.h"
#include "core/cpu/tasks.h"

namespace lucid::cpu {
namespace {

struct Gate {
  u16 selector = 0;
  unsigned type = 0, dpl = 0, ist = 0;
  bool present = false;
  u64 offset = 0;

  bool is_interrupt() const { return !(type & 1); }
  bool is_wide() const { return type == system_type::interrupt_gate || type == system_type::trap_gate; }
  bool is_narrow() const { return type == system_type::interrupt_gate16 || type == system_type::trap_gate16; }
};

bool fail(Core& c, Vector vector, u32 error) {
  c.raise(vector, error);
  return false;
}

Gate parse(const u64 (&raw)[2], bool long_mode) {
  Gate gate;
  gate.selector = static_cast<u16>(raw[0] >> 16);
  gate.type = raw[0] >> 40 & 0x1f;
  gate.dpl = raw[0] >> 45 & 3;
  gate.present = raw[0] >> 47 & 1;
  gate.ist = long_mode ? raw[0] >> 32 & 7 : 0;
  gate.offset = (raw[0] & 0xffff) | (raw[0] >> 32 & 0xffff0000) | raw[1] << 32;
  if (gate.is_narrow()) gate.offset &= 0xffff;
  return gate;
}

bool read_gate(Core& c, const Request& q, Gate& gate) {
  const u32 error = q.vector * 8u + 2u + q.ext();
  const unsigned bytes = c.long_mode() ? 16 : 8;
  if (q.vector * bytes + bytes - 1 > c.state.idtr.limit) return fail(c, Vector::general_protection, error);
  u64 raw[2] = {};
  if (!load_system(c, c.state.idtr.base + q.vector * bytes, raw, bytes)) return false;
  gate = parse(raw, c.long_mode());
  const bool legacy = gate.is_narrow() || gate.type == system_type::task_gate;
  if (!gate.is_wide() && !(legacy && !c.long_mode())) return fail(c, Vector::general_protection, error);
  if (q.source == Source::software && gate.dpl < c.cpl()) return fail(c, Vector::general_protection, error);
  if (!gate.present) return fail(c, Vector::segment_not_present, error);
  return true;
}

/// The code segment of a gate, and the privilege it runs at.
bool read_target(Core& c, const Request& q, const Gate& gate, Descriptor& code, unsigned& new_cpl) {
  const Refusal refusal{Vector::general_protection, q.ext()};
  if (is_null(gate.selector)) return refusal.raise(c, 0);
  if (!read_descriptor(c, gate.selector, code, refusal)) return false;
  const u16 a = code.attributes();
  if (!is_code(a) || code.dpl() > c.cpl()) return refusal.raise(c, gate.selector);
  const bool l = a & segment_bit::l, d = a & segment_bit::db;
  if (c.long_mode() && (!l || d)) return refusal.raise(c, gate.selector);
  if (!code.present()) return refusal.raise(c, Vector::segment_not_present, gate.selector);
  new_cpl = is_conforming(a) ? c.cpl() : code.dpl();
  if (virtual_8086(c) && new_cpl != 0) return refusal.raise(c, gate.selector);
  return true;
}

void enter_handler(Core& c, const Gate& gate, const Descriptor& code, unsigned new_cpl) {
  u64 cleared = flag::tf | flag::nt | flag::rf | flag::vm;
  if (gate.is_interrupt()) cleared |= flag::intr;
  c.flags.rest &= ~cleared;
  set_segment(c, cs, code.segment(static_cast<u16>((gate.selector & ~3u) | new_cpl)));
  c.rip = gate.offset;
}

/// SDM vol. 3, 6.14: SS RSP RFLAGS CS RIP [error] on a 16-byte aligned stack.
bool deliver_long(Core& c, const Request& q) {
  Gate gate;
  Descriptor code;
  unsigned new_cpl = 0;
  if (!read_gate(c, q, gate) || !read_target(c, q, gate, code, new_cpl)) return false;
  if (!c.canonical(gate.offset)) return fail(c, Vector::general_protection, q.ext());
  StackPointer stack{{}, c.r[rsp]};
  if (gate.ist != 0 ? !interrupt_stack(c, gate.ist, q.ext(), stack.pointer)
                    : new_cpl != c.cpl() && !inner_stack(c, new_cpl, q.ext(), stack))
    return false;
  if (!c.canonical(stack.pointer)) return fail(c, Vector::stack_fault, q.ext());
  const u64 frame[6] = {q.error,        q.return_ip, c.state.segment[cs].selector,
                        q.pushed_flags, c.r[rsp],    c.state.segment[ss].selector};
  const unsigned skipped = q.has_error ? 0 : 1, bytes = 8 * (6 - skipped);
  const u64 top = (stack.pointer & ~u64{15}) - bytes;
  if (!store_stack(c, top, frame + skipped, bytes, new_cpl)) return false;
  if (!set_accessed(c, gate.selector, code)) return false;
  if (new_cpl != c.cpl()) set_segment(c, ss, {static_cast<u16>(new_cpl), static_cast<u16>(new_cpl << 5), 0, 0});
  c.r[rsp] = top;
  enter_handler(c, gate, code, new_cpl);
  return true;
}

bool push_all(FrameWriter& frame, std::initializer_list<u64> values, unsigned bytes) {
  for (const u64 value : values)
    if (!frame.push(value, bytes)) return false;
  return true;
}

/// From virtual-8086 mode the handler finds the data segments on its stack, and null ones in the registers.
bool push_data_segments(Core& c, FrameWriter& frame, unsigned bytes) {
  const auto& s = c.state.segment;
  return push_all(frame, {s[gs].selector, s[fs].selector, s[ds].selector, s[es].selector}, bytes);
}
void drop_data_segments(Core& c) {
  for (const Seg seg : {es, ds, fs, gs}) set_segment(c, seg, {});
}

/// [[GS FS DS ES] SS ESP] EFLAGS CS EIP [error] (SDM vol. 3, figures 6-4 and 20-4).
bool push_frame(Core& c, const Request& q, FrameWriter& frame, unsigned bytes, bool switches) {
  const auto& s = c.state.segment;
  if (virtual_8086(c) && !push_data_segments(c, frame, bytes)) return false;
  if (switches && !push_all(frame, {s[ss].selector, c.r[rsp]}, bytes)) return false;
  return push_all(frame, {q.pushed_flags, s[cs].selector, q.return_ip}, bytes) &&
         (!q.has_error || frame.push(q.error, bytes));
}

bool deliver_through_task(Core& c, const Request& q, const Gate& gate) {
  return switch_task(c, {gate.selector, SwitchBy::event, q.return_ip, q.pushed_flags, q.ext(), q.has_error, q.error});
}

bool deliver_protected(Core& c, const Request& q) {
  Gate gate;
  Descriptor code;
  unsigned new_cpl = 0;
  if (!read_gate(c, q, gate)) return false;
  if (gate.type == system_type::task_gate) return deliver_through_task(c, q, gate);
  if (!read_target(c, q, gate, code, new_cpl)) return false;
  const bool switches = new_cpl != c.cpl(), from_8086 = virtual_8086(c);
  StackPointer stack{c.state.segment[ss], c.r[rsp]};
  if (switches && !inner_stack(c, new_cpl, q.ext(), stack)) return false;
  if (gate.offset > code.limit()) return fail(c, Vector::general_protection, q.ext());
  FrameWriter frame(c, stack, new_cpl, (switches ? error_of(stack.segment.selector) : 0) | q.ext());
  if (!push_frame(c, q, frame, gate.is_wide() ? 4 : 2, switches)) return false;
  if (!set_accessed(c, gate.selector, code)) return false;
  if (from_8086) drop_data_segments(c);
  if (switches) set_segment(c, ss, stack.segment);
  c.set<u32>(slot_of(rsp), static_cast<u32>(frame.pointer()));
  enter_handler(c, gate, code, new_cpl);
  return true;
}

/// FLAGS CS IP through a table of far pointers; no error code.
bool deliver_real(Core& c, const Request& q) {
  if (q.vector * 4u + 3 > c.state.idtr.limit) return fail(c, Vector::general_protection, 0);
  u16 target[2];
  if (!load_system(c, c.state.idtr.base + q.vector * 4u, target, 4)) return false;
  FrameWriter frame(c, {c.state.segment[ss], c.r[rsp]}, c.cpl(), 0);
  if (!push_all(frame, {q.pushed_flags, c.state.segment[cs].selector, q.return_ip}, 2)) return false;
  c.set<u32>(slot_of(rsp), static_cast<u32>(frame.pointer()));
  Segment code = c.state.segment[cs];
  code.selector = target[1];
  code.base = u64{target[1]} << 4;
  c.flags.rest &= ~(flag::intr | flag::tf | flag::ac | flag::rf);
  set_segment(c, cs, code);
  c.rip = target[0];
  return true;
}

}  // namespace

bool deliver(Core& c, const Request& q) {
  c.state.halted = false;
  const bool delivered = c.long_mode()       ? deliver_long(c, q)
                         : protected_mode(c) ? deliver_protected(c, q)
                                             : deliver_real(c, q);
  if (delivered) c.state.interrupt_shadow = false;
  return delivered;
}

}  // namespace lucid::cpu
