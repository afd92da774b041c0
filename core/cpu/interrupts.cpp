// SPDX-License-Identifier: MIT
#include "core/cpu/interrupts.h"

#include <utility>

#include "core/cpu/debug.h"
#include "core/cpu/log.h"
#include "core/cpu/memory.h"
#include "core/cpu/segments.h"

namespace lucid::cpu {
namespace {

struct Request {
  u8 vector = 0;
  Source source = Source::exception;
  bool has_error = false;
  u32 error = 0;
  u64 return_ip = 0;
  u64 pushed_flags = 0;

  u32 ext() const { return source == Source::software ? 0 : 1; }
  u32 gate_error() const { return vector * 8u + 2u + ext(); }
};

struct Gate {
  u16 selector = 0;
  unsigned type = 0, dpl = 0, ist = 0;
  bool present = false;
  u64 offset = 0;
  bool is_interrupt() const { return !(type & 1); }
};

bool fail(Core& c, Vector vector, u32 error) {
  c.raise(vector, error);
  return false;
}

bool read_gate(Core& c, const Request& q, Gate& gate) {
  const unsigned bytes = c.long_mode() ? 16 : 8;
  if (q.vector * bytes + bytes - 1 > c.state.idtr.limit) return fail(c, Vector::general_protection, q.gate_error());
  u64 raw[2] = {};
  if (!load_system(c, c.state.idtr.base + q.vector * bytes, raw, bytes)) return false;
  gate.selector = static_cast<u16>(raw[0] >> 16);
  gate.type = raw[0] >> 40 & 0x1f;
  gate.dpl = raw[0] >> 45 & 3;
  gate.present = raw[0] >> 47 & 1;
  gate.ist = c.long_mode() ? raw[0] >> 32 & 7 : 0;
  gate.offset = (raw[0] & 0xffff) | (raw[0] >> 32 & 0xffff0000) | raw[1] << 32;
  const bool wide = gate.type == system_type::interrupt_gate || gate.type == system_type::trap_gate;
  const bool narrow = gate.type == system_type::interrupt_gate16 || gate.type == system_type::trap_gate16;
  if (!wide && !(narrow && !c.long_mode())) return fail(c, Vector::general_protection, q.gate_error());
  if (narrow) gate.offset &= 0xffff;
  if (q.source == Source::software && gate.dpl < c.cpl())
    return fail(c, Vector::general_protection, q.gate_error() & ~1u);
  if (!gate.present) return fail(c, Vector::segment_not_present, q.gate_error());
  return true;
}

/// The code segment of a gate, and the privilege it runs at.
bool read_target(Core& c, const Request& q, const Gate& gate, Descriptor& code, unsigned& new_cpl) {
  const u32 error = (gate.selector & 0xfffc) + q.ext();
  if ((gate.selector & 0xfffc) == 0) return fail(c, Vector::general_protection, q.ext());
  if (!read_descriptor(c, gate.selector, code, Vector::general_protection)) {
    c.fault.error_code |= q.ext();
    return false;
  }
  const u16 a = code.attributes();
  if (!(a & segment_bit::s) || !(a & segment_bit::code) || code.dpl() > c.cpl()) {
    return fail(c, Vector::general_protection, error);
  }
  const bool l = a & segment_bit::l, d = a & segment_bit::db;
  if (c.long_mode() && (!l || d)) return fail(c, Vector::general_protection, error);
  if (!code.present()) return fail(c, Vector::segment_not_present, error);
  new_cpl = a & segment_bit::conforming ? c.cpl() : code.dpl();
  return true;
}

bool read_tss(Core& c, const Request& q, unsigned offset, void* out, unsigned bytes) {
  if (offset + bytes - 1 > c.state.tr.limit)
    return fail(c, Vector::invalid_tss, (c.state.tr.selector & 0xfffc) + q.ext());
  return load_system(c, c.state.tr.base + offset, out, bytes);
}

/// Stores as code of `cpl` would.
bool store_frame(Core& c, u64 at, const void* frame, unsigned bytes, unsigned cpl) {
  const bool user = c.user;
  c.user = cpl == 3;
  const bool ok = store_slow(c, at, frame, bytes, SegmentFault::stack);
  c.user = user;
  return ok;
}

void enter_handler(Core& c, const Gate& gate, const Descriptor& code, unsigned new_cpl) {
  Segment segment = code.segment(static_cast<u16>((gate.selector & ~3u) | new_cpl));
  set_segment(c, cs, segment);
  u64 cleared = flag::tf | flag::nt | flag::rf | flag::vm;
  if (gate.is_interrupt()) cleared |= flag::intr;
  c.flags.rest &= ~cleared;
  c.rip = gate.offset;
  c.state.interrupt_shadow = false;
}

/// SDM vol. 3, 6.14: SS RSP RFLAGS CS RIP [error] on a 16-byte aligned stack.
bool deliver_long(Core& c, const Request& q) {
  Gate gate;
  Descriptor code;
  unsigned new_cpl = 0;
  if (!read_gate(c, q, gate) || !read_target(c, q, gate, code, new_cpl)) return false;
  if (!c.canonical(gate.offset)) return fail(c, Vector::general_protection, q.ext());
  u64 stack = c.r[rsp];
  const bool switches = gate.ist != 0 || new_cpl != c.cpl();
  if (switches) {
    const unsigned slot = gate.ist != 0 ? 0x24 + 8 * (gate.ist - 1) : 4 + 8 * new_cpl;
    if (!read_tss(c, q, slot, &stack, 8)) return false;
  }
  if (!c.canonical(stack)) return fail(c, Vector::stack_fault, q.ext());
  stack &= ~u64{15};
  const u64 frame[6] = {q.error,        q.return_ip, c.state.segment[cs].selector,
                        q.pushed_flags, c.r[rsp],    c.state.segment[ss].selector};
  const unsigned skipped = q.has_error ? 0 : 1;
  stack -= 8 * (6 - skipped);
  if (!store_frame(c, stack, frame + skipped, 8 * (6 - skipped), new_cpl)) return false;
  if (!set_accessed(c, gate.selector, code)) return false;
  if (new_cpl != c.cpl()) {
    set_segment(c, ss, {static_cast<u16>(new_cpl), static_cast<u16>(new_cpl << 5), 0, 0});
  }
  c.r[rsp] = stack;
  enter_handler(c, gate, code, new_cpl);
  return true;
}

/// The inner stack of a 32-bit TSS, checked as SDM vol. 3, 6.12.1 says.
bool inner_stack(Core& c, const Request& q, unsigned new_cpl, Segment& stack_segment, u32& pointer) {
  u32 raw[2];
  if (!read_tss(c, q, 4 + 8 * new_cpl, raw, 8)) return false;
  const u16 selector = static_cast<u16>(raw[1]);
  const u32 error = (selector & 0xfffc) + q.ext();
  Descriptor d;
  if ((selector & 0xfffc) == 0) return fail(c, Vector::invalid_tss, q.ext());
  if (!read_descriptor(c, selector, d, Vector::invalid_tss)) return false;
  const u16 a = d.attributes();
  if ((selector & 3u) != new_cpl || d.dpl() != new_cpl || !is_writable_data(a))
    return fail(c, Vector::invalid_tss, error);
  if (!d.present()) return fail(c, Vector::stack_fault, error);
  stack_segment = d.segment(selector);
  pointer = raw[0];
  return true;
}

bool deliver_protected(Core& c, const Request& q) {
  Gate gate;
  Descriptor code;
  unsigned new_cpl = 0;
  if (!read_gate(c, q, gate) || !read_target(c, q, gate, code, new_cpl)) return false;
  if (gate.offset > code.limit()) return fail(c, Vector::general_protection, q.ext());
  const bool switches = new_cpl != c.cpl();
  Segment stack_segment = c.state.segment[ss];
  u32 pointer = static_cast<u32>(c.r[rsp]);
  if (switches && !inner_stack(c, q, new_cpl, stack_segment, pointer)) return false;
  const bool wide = gate.type >= system_type::interrupt_gate;
  u32 values[6];
  unsigned count = 0;
  if (q.has_error) values[count++] = q.error;
  values[count++] = static_cast<u32>(q.return_ip);
  values[count++] = c.state.segment[cs].selector;
  values[count++] = static_cast<u32>(q.pushed_flags);
  if (switches) {
    values[count++] = static_cast<u32>(c.r[rsp]);
    values[count++] = c.state.segment[ss].selector;
  }
  u8 frame[24];
  const unsigned bytes = wide ? 4 : 2;
  for (unsigned i = 0; i < count; ++i) std::memcpy(frame + i * bytes, &values[i], bytes);
  const u32 mask = stack_segment.attributes & segment_bit::db ? 0xffffffff : 0xffff;
  const u32 top = (pointer - count * bytes) & mask;
  if (!store_frame(c, static_cast<u32>(stack_segment.base + top), frame, count * bytes, new_cpl)) return false;
  if (switches) set_segment(c, ss, stack_segment);
  c.set<u32>(slot_of(rsp), (pointer & ~mask) | top);
  enter_handler(c, gate, code, new_cpl);
  return true;
}

bool deliver_real(Core& c, const Request& q) {
  if (q.vector * 4u + 3 > c.state.idtr.limit) return fail(c, Vector::general_protection, 0);
  u16 target[2];
  if (!load_system(c, c.state.idtr.base + q.vector * 4u, target, 4)) return false;
  const u16 frame[3] = {static_cast<u16>(q.return_ip), c.state.segment[cs].selector, static_cast<u16>(q.pushed_flags)};
  const u16 top = static_cast<u16>(c.r[rsp] - 6);
  if (!store_slow(c, c.state.segment[ss].base + top, frame, 6, SegmentFault::stack)) return false;
  c.set<u16>(slot_of(rsp), top);
  Segment code = c.state.segment[cs];
  code.selector = target[1];
  code.base = u64{target[1]} << 4;
  set_segment(c, cs, code);
  c.flags.rest &= ~(flag::intr | flag::tf | flag::ac);
  c.rip = target[0];
  c.state.interrupt_shadow = false;
  return true;
}

bool deliver(Core& c, const Request& q) {
  c.state.halted = false;
  if (c.long_mode()) return deliver_long(c, q);
  if (protected_mode(c)) return deliver_protected(c, q);
  Request real = q;
  real.has_error = false;
  return deliver_real(c, real);
}

enum class Severity : u8 { benign, contributory, page_fault, double_fault };
Severity severity(Vector vector) {
  switch (vector) {
    case Vector::divide_error:
    case Vector::invalid_tss:
    case Vector::segment_not_present:
    case Vector::stack_fault:
    case Vector::general_protection:
      return Severity::contributory;
    case Vector::page_fault:
      return Severity::page_fault;
    case Vector::double_fault:
      return Severity::double_fault;
    default:
      return Severity::benign;
  }
}

/// SDM vol. 3, table 6-5.
bool doubles(Vector first, Vector second) {
  const Severity a = severity(first), b = severity(second);
  if (a == Severity::contributory) return b == Severity::contributory;
  return a == Severity::page_fault && (b == Severity::contributory || b == Severity::page_fault);
}

void shut_down(Core& c, Vector vector, u32 error) {
  c.shut_down = true;
  log(c, trace::Kind::shut_down, vector, error, c.rip, c.state.cr2);
}

/// Faults restart: RF is pushed set, so that an instruction breakpoint does not hit again.
u64 flags_for(Core& c, Vector vector) {
  const bool restarts = vector != Vector::debug && vector != Vector::double_fault;
  return c.flags.all() | (restarts ? flag::rf : 0);
}

}  // namespace

void deliver_fault(Core& c) {
  PendingFault now = c.fault;
  for (;;) {
    if (now.vector == Vector::page_fault) c.state.cr2 = now.address;
    const bool has_error = has_error_code(now.vector);
    log(c, trace::Kind::exception_raised, now.vector, has_error ? now.error_code : 0, c.state.cr2, c.rip, has_error);
    Request q{static_cast<u8>(now.vector), Source::exception, has_error, now.error_code, c.rip,
              flags_for(c, now.vector)};
    if (deliver(c, q)) {
      if (now.vector == Vector::debug) c.state.dr7 &= ~dr7_general_detect;
      return;
    }
    if (now.vector == Vector::double_fault) return shut_down(c, c.fault.vector, c.fault.error_code);
    const bool twice = doubles(now.vector, c.fault.vector);
    now = twice ? PendingFault{Vector::double_fault, 0, 0} : c.fault;
  }
}

void deliver_external(Core& c, u8 vector) {
  log(c, trace::Kind::interrupt_delivered, vector, c.rip);
  if (!deliver(c, {vector, Source::external, false, 0, c.rip, c.flags.all()})) deliver_fault(c);
}

bool deliver_software(Core& c, u8 vector, u64 return_ip) {
  return deliver(c, {vector, Source::software, false, 0, return_ip, c.flags.all()});
}

bool deliver_icebp(Core& c, u64 return_ip) {
  report_debug(c, std::exchange(c.state.debug_hits, u8{0}));
  return deliver(c, {static_cast<u8>(Vector::debug), Source::exception, false, 0, return_ip, c.flags.all()});
}

void deliver_debug_trap(Core& c, u64 dr6_bits) {
  report_debug(c, dr6_bits);
  c.fault = {Vector::debug, 0, 0};
  deliver_fault(c);
}

}  // namespace lucid::cpu
