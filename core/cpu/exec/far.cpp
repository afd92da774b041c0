// SPDX-License-Identifier: MIT
// Far JMP and CALL: to a code segment, through a call gate, to another task.
#include "core/cpu/exec/far.h"

#include "core/cpu/exec/far_code.h"
#include "core/cpu/exec/stack.h"
#include "core/cpu/inner_stack.h"
#include "core/cpu/memory.h"
#include "core/cpu/tasks.h"

namespace lucid::cpu::exec {
namespace {

struct Transfer {
  const MicroOp& op;
  bool is_call;
  u16 selector;
  u64 offset;
};

bool refuse(Core& c, u16 selector) { return Refusal{}.raise(c, selector); }

/// The return address, onto the present stack.
bool push_return(Core& c, const Transfer& t, unsigned bytes, bool flat) {
  StackWriter stack(c, flat);
  if (!stack.push(c.state.segment[cs].selector, bytes) || !stack.push(c.next_ip(t.op), bytes)) return false;
  stack.commit();
  return true;
}

/// From compatibility mode into 64-bit code the pushes are 64-bit code's already: without SS's base.
Flow enter_code(Core& c, const Transfer& t, const Segment& code, u64 offset, unsigned bytes) {
  if (t.is_call && !push_return(c, t, bytes, is_64bit_code(c, code.attributes))) return Flow::fault;
  return go(c, code, offset);
}

Segment at_present_privilege(const Core& c, const Descriptor& d, u16 selector) {
  return d.segment(static_cast<u16>((selector & ~3u) | c.cpl()));
}

Flow to_code(Core& c, const Transfer& t, Descriptor& d) {
  const u16 a = d.attributes();
  const unsigned rpl = t.selector & 3, cpl = c.cpl();
  const bool allowed = is_conforming(a) ? d.dpl() <= cpl : rpl <= cpl && d.dpl() == cpl;
  if (!allowed) return refuse(c, t.selector), Flow::fault;
  if (!check_code(c, d, t.selector) || !check_target(c, d, t.offset) || !set_accessed(c, t.selector, d))
    return Flow::fault;
  return enter_code(c, t, at_present_privilege(c, d, t.selector), t.offset, t.op.width / 8u);
}

// --- call gates (SDM vol. 3, 5.8.3 to 5.8.5) ---

struct CallGate {
  u16 selector;  // of the code
  u64 offset;
  unsigned bytes;  // of everything pushed
  unsigned parameters;
};

CallGate parse_gate(const Core& c, const Descriptor& d) {
  CallGate gate;
  const bool is_wide = type_of(d.attributes()) == system_type::call_gate;
  gate.selector = static_cast<u16>(d.low >> 16);
  gate.offset = (d.low & 0xffff) | (is_wide ? d.low >> 32 & 0xffff0000 : 0);
  gate.bytes = is_wide ? 4 : 2;
  gate.parameters = d.low >> 32 & 31;
  if (c.long_mode()) {
    gate.offset |= d.high << 32;
    gate.bytes = 8;
    gate.parameters = 0;
  }
  return gate;
}

/// The code a gate leads to: as privileged as the caller, or for a CALL more so.
bool read_gate_code(Core& c, const Transfer& t, const CallGate& gate, Descriptor& d) {
  if (is_null(gate.selector)) return refuse(c, 0);
  if (!read_descriptor(c, gate.selector, d)) return false;
  const u16 a = d.attributes();
  const bool reachable = t.is_call || is_conforming(a) ? d.dpl() <= c.cpl() : d.dpl() == c.cpl();
  if (!is_code(a) || !reachable) return refuse(c, gate.selector);
  if (c.long_mode() && !is_64bit_code(c, a)) return refuse(c, gate.selector);
  return check_code(c, d, gate.selector) && check_target(c, d, gate.offset);
}

/// Copies the parameters from the caller's stack, the last pushed first.
bool copy_parameters(Core& c, const CallGate& gate, FrameWriter& frame) {
  for (unsigned i = gate.parameters; i-- > 0;) {
    u64 value;
    StackReader old(c);
    old.release(u64{i} * gate.bytes);
    if (!old.pop(value, gate.bytes) || !frame.push(value, gate.bytes)) return false;
  }
  return true;
}

Flow enter_inner(Core& c, const Transfer& t, const CallGate& gate, Descriptor& code) {
  StackPointer stack;
  const unsigned cpl = code.dpl(), bytes = gate.bytes;
  if (!inner_stack(c, cpl, 0, stack)) return Flow::fault;
  FrameWriter frame(c, stack, cpl, error_of(stack.segment.selector));
  const auto& s = c.state.segment;
  if (!frame.push(s[ss].selector, bytes) || !frame.push(c.r[rsp], bytes) || !copy_parameters(c, gate, frame) ||
      !frame.push(s[cs].selector, bytes) || !frame.push(c.next_ip(t.op), bytes))
    return Flow::fault;
  if (!set_accessed(c, gate.selector, code)) return Flow::fault;
  set_segment(c, ss, stack.segment);
  if (c.long_mode())
    c.r[rsp] = frame.pointer();
  else
    c.set<u32>(slot_of(rsp), static_cast<u32>(frame.pointer()));
  return go(c, code.segment(static_cast<u16>((gate.selector & ~3u) | cpl)), gate.offset);
}

Flow through_call_gate(Core& c, const Transfer& t, Descriptor d) {
  if (c.long_mode() && !read_descriptor(c, t.selector, d, {}, 16)) return Flow::fault;
  const CallGate gate = parse_gate(c, d);
  Descriptor code;
  if (!read_gate_code(c, t, gate, code)) return Flow::fault;
  if (t.is_call && !is_conforming(code.attributes()) && code.dpl() < c.cpl()) return enter_inner(c, t, gate, code);
  if (!set_accessed(c, gate.selector, code)) return Flow::fault;
  return enter_code(c, t, at_present_privilege(c, code, gate.selector), gate.offset, gate.bytes);
}

// --- tasks ---

Flow to_task(Core& c, const Transfer& t, u16 tss) {
  const SwitchBy by = t.is_call ? SwitchBy::call : SwitchBy::jump;
  return switch_task(c, {tss, by, c.next_ip(t.op), c.flags.all(), 0, false, 0}) ? Flow::exit : Flow::fault;
}

/// Gates and TSSs; long mode has call gates of 64 bits only.
Flow to_system(Core& c, const Transfer& t, const Descriptor& d) {
  const unsigned type = type_of(d.attributes());
  const bool legacy = !c.long_mode();
  const bool is_call_gate = type == system_type::call_gate || (type == system_type::call_gate16 && legacy);
  const bool is_task_gate = type == system_type::task_gate && legacy;
  const bool is_tss = legacy && (type == system_type::tss_available || type == system_type::tss16_available);
  if (!is_call_gate && !is_task_gate && !is_tss) return refuse(c, t.selector), Flow::fault;
  if (d.dpl() < c.cpl() || d.dpl() < (t.selector & 3u)) return refuse(c, t.selector), Flow::fault;
  if (is_tss) return to_task(c, t, t.selector);
  if (!d.present()) return c.raise(Vector::segment_not_present, error_of(t.selector));
  return is_call_gate ? through_call_gate(c, t, d) : to_task(c, t, task_of(d));
}

/// In real mode there is nothing to check but the limit.
Flow real_transfer(Core& c, const Transfer& t) {
  if (t.offset > c.state.segment[cs].limit) return c.general_protection();
  return enter_code(c, t, real_code_segment(c, t.selector), t.offset, t.op.width / 8u);
}

Flow transfer(Core& c, const Transfer& t) {
  if (real_style(c)) return real_transfer(c, t);
  if (is_null(t.selector)) return c.general_protection();
  Descriptor d;
  if (!read_descriptor(c, t.selector, d)) return Flow::fault;
  const u16 a = d.attributes();
  if (!(a & segment_bit::s)) return to_system(c, t, d);
  return is_code(a) ? to_code(c, t, d) : c.general_protection(error_of(t.selector));
}

Flow transfer_by_memory(Core& c, const MicroOp& op, bool is_call) {
  const unsigned bytes = op.width / 8u;
  u64 offset = 0;
  u16 selector;
  if (!load_slow(c, address(c, op), &offset, bytes, segment_fault(op)) ||
      !load_slow(c, address(c, op) + bytes, &selector, 2, segment_fault(op)))
    return Flow::fault;
  return transfer(c, {op, is_call, selector, offset});
}

}  // namespace

Flow far_jmp_imm(Core& c, const MicroOp& op) { return transfer(c, {op, false, static_cast<u16>(op.extra32), op.imm}); }
Flow far_call_imm(Core& c, const MicroOp& op) { return transfer(c, {op, true, static_cast<u16>(op.extra32), op.imm}); }
Flow far_jmp_mem(Core& c, const MicroOp& op) { return transfer_by_memory(c, op, false); }
Flow far_call_mem(Core& c, const MicroOp& op) { return transfer_by_memory(c, op, true); }

}  // namespace lucid::cpu::exec
