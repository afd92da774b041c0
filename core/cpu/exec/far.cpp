// SPDX-License-Identifier: MIT
#include "core/cpu/exec/far.h"

#include "core/cpu/control.h"
#include "core/cpu/exec/branch.h"
#include "core/cpu/exec/stack.h"
#include "core/cpu/interrupts.h"
#include "core/cpu/log.h"
#include "core/cpu/memory.h"
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {
namespace {

enum class Entry : u8 { syscall = 0, sysenter = 1, interrupt = 2 };  // how a return to user code was made

u32 error_of(u16 selector) { return selector & 0xfffc; }

bool fail(Core& c, Vector vector, u32 error) {
  c.raise(vector, error);
  return false;
}

bool is_code(u16 a) { return (a & segment_bit::s) && (a & segment_bit::code); }

/// An offset in the code segment `d`, in the mode that it will run in.
bool check_target(Core& c, const Descriptor& d, u64 offset) {
  const bool wide = c.long_mode() && (d.attributes() & segment_bit::l);
  if (wide ? !c.canonical(offset) : offset > d.limit()) return fail(c, Vector::general_protection, 0);
  return true;
}

bool check_code(Core& c, const Descriptor& d, u16 selector) {
  const u16 a = d.attributes();
  const bool both = c.long_mode() && (a & segment_bit::l) && (a & segment_bit::db);
  if (!is_code(a) || both) return fail(c, Vector::general_protection, error_of(selector));
  if (!d.present()) return fail(c, Vector::segment_not_present, error_of(selector));
  return true;
}

/// The code segment of a far JMP or CALL at the same privilege.
bool read_direct(Core& c, u16 selector, u64 offset, Descriptor& d) {
  if (error_of(selector) == 0) return fail(c, Vector::general_protection, 0);
  if (!read_descriptor(c, selector, d, Vector::general_protection)) return false;
  const u16 a = d.attributes();
  if (!is_code(a)) return fail(c, Vector::general_protection, error_of(selector));
  const unsigned rpl = selector & 3, cpl = c.cpl();
  const bool allowed = a & segment_bit::conforming ? d.dpl() <= cpl : rpl <= cpl && d.dpl() == cpl;
  if (!allowed) return fail(c, Vector::general_protection, error_of(selector));
  return check_code(c, d, selector) && check_target(c, d, offset) && set_accessed(c, selector, d);
}

Segment real_segment(const Core& c, u16 selector) {
  Segment segment = c.state.segment[cs];
  segment.selector = selector;
  segment.base = u64{selector} << 4;
  return segment;
}

bool real_style(const Core& c) { return !protected_mode(c) || virtual_8086(c); }

/// The segment that CS becomes; in real mode there is nothing to check but the limit.
bool target_segment(Core& c, u16 selector, u64 offset, Segment& out) {
  if (real_style(c)) {
    if (offset > c.state.segment[cs].limit) return fail(c, Vector::general_protection, 0);
    out = real_segment(c, selector);
    return true;
  }
  Descriptor d;
  if (!read_direct(c, selector, offset, d)) return false;
  out = d.segment(static_cast<u16>((selector & ~3u) | c.cpl()));
  return true;
}

Flow go(Core& c, const Segment& code, u64 offset) {
  set_segment(c, cs, code);
  c.rip = offset;
  return Flow::exit;
}

Flow far_jump(Core& c, u16 selector, u64 offset) {
  Segment code;
  if (!target_segment(c, selector, offset, code)) return Flow::fault;
  return go(c, code, offset);
}

Flow far_call(Core& c, const MicroOp& op, u16 selector, u64 offset) {
  Segment code;
  if (!target_segment(c, selector, offset, code)) return Flow::fault;
  // From compatibility mode into 64-bit code the pushes are 64-bit code's already: without SS's base.
  StackWriter stack(c, c.long_mode() && (code.attributes & segment_bit::l));
  const unsigned bytes = op.width / 8u;
  if (!stack.push(c.state.segment[cs].selector, bytes) || !stack.push(c.next_ip(op), bytes)) return Flow::fault;
  stack.commit();
  return go(c, code, offset);
}

bool load_pointer(Core& c, const MicroOp& op, u16& selector, u64& offset) {
  const unsigned bytes = op.width / 8u;
  offset = 0;
  return load_slow(c, address(c, op), &offset, bytes, segment_fault(op)) &&
         load_slow(c, address(c, op) + bytes, &selector, 2, segment_fault(op));
}

/// CS of RETF or IRET: may keep the privilege or lower it.
bool read_return_code(Core& c, u16 selector, Descriptor& d) {
  if (error_of(selector) == 0) return fail(c, Vector::general_protection, 0);
  if (!read_descriptor(c, selector, d, Vector::general_protection)) return false;
  const unsigned rpl = selector & 3;
  const u16 a = d.attributes();
  const bool allowed = a & segment_bit::conforming ? d.dpl() <= rpl : d.dpl() == rpl;
  if (rpl < c.cpl() || !allowed) return fail(c, Vector::general_protection, error_of(selector));
  return check_code(c, d, selector);
}

/// SS of a return to `rpl`.
bool read_return_stack(Core& c, u16 selector, unsigned rpl, bool to_64, Segment& out) {
  if (error_of(selector) == 0) {
    if (!to_64 || rpl == 3 || (selector & 3u) != rpl) return fail(c, Vector::general_protection, 0);
    out = {selector, static_cast<u16>(rpl << 5), 0, 0};
    return true;
  }
  Descriptor d;
  if (!read_descriptor(c, selector, d, Vector::general_protection)) return false;
  const u16 a = d.attributes();
  if ((selector & 3u) != rpl || d.dpl() != rpl || !is_writable_data(a)) {
    return fail(c, Vector::general_protection, error_of(selector));
  }
  if (!d.present()) return fail(c, Vector::stack_fault, error_of(selector));
  if (!set_accessed(c, selector, d)) return false;
  out = d.segment(selector);
  return true;
}

/// Data segments that the outer privilege may not use become null (SDM vol. 2, RET).
void drop_inner_segments(Core& c) {
  for (const Seg seg : {es, ds, fs, gs}) {
    const Segment& s = c.state.segment[seg];
    const bool conforming = (s.attributes & 0x1c) == (segment_bit::s | segment_bit::code | segment_bit::conforming);
    if (error_of(s.selector) == 0 || conforming || dpl_of(s.attributes) >= c.cpl()) continue;
    set_segment(c, seg, {0, 0, 0, c.long_mode() ? s.base : 0});
  }
}

void set_stack(Core& c, u64 pointer) {
  const unsigned width = stack_width(c);
  if (width == 64)
    c.r[rsp] = pointer;
  else if (width == 32)
    c.set<u32>(slot_of(rsp), static_cast<u32>(pointer));
  else
    c.set<u16>(slot_of(rsp), static_cast<u16>(pointer));
}

void log_return(Core& c, const MicroOp& op, Entry entry) {
  if (c.cpl() != 3) return;
  c.sync_clock(op);
  log(c, trace::Kind::returned_to_user, c.r[rax], c.rip, c.r[rsp], static_cast<u64>(entry));
}

Flow iret_real(Core& c, const MicroOp& op) {
  if (virtual_8086(c) && (c.flags.rest & flag::iopl) != flag::iopl) return c.general_protection();
  StackReader stack(c);
  u64 ip, selector, flags;
  const unsigned bytes = op.width / 8u;
  if (!stack.pop(ip, bytes) || !stack.pop(selector, bytes) || !stack.pop(flags, bytes)) return Flow::fault;
  if (ip > c.state.segment[cs].limit) return c.general_protection();
  stack.commit();
  write_flags(c, flags, writable_flags(c, op.width));
  return go(c, real_segment(c, static_cast<u16>(selector)), ip);
}

/// What IRET may change in RFLAGS, judged at the privilege that executes it.
u64 iret_mask(const Core& c, unsigned width) { return writable_flags(c, width); }

void restore_flags(Core& c, u64 value, u64 mask) {
  write_flags(c, value, mask);
  if (mask & flag::rf) c.flags.rest |= value & flag::rf;
}

}  // namespace

Flow far_jmp_imm(Core& c, const MicroOp& op) { return far_jump(c, static_cast<u16>(op.extra32), op.imm); }
Flow far_call_imm(Core& c, const MicroOp& op) { return far_call(c, op, static_cast<u16>(op.extra32), op.imm); }

Flow far_jmp_mem(Core& c, const MicroOp& op) {
  u16 selector;
  u64 offset;
  return load_pointer(c, op, selector, offset) ? far_jump(c, selector, offset) : Flow::fault;
}
Flow far_call_mem(Core& c, const MicroOp& op) {
  u16 selector;
  u64 offset;
  return load_pointer(c, op, selector, offset) ? far_call(c, op, selector, offset) : Flow::fault;
}

Flow far_ret(Core& c, const MicroOp& op) {
  const unsigned bytes = op.width / 8u;
  StackReader stack(c);
  u64 ip, raw_selector;
  if (!stack.pop(ip, bytes) || !stack.pop(raw_selector, bytes)) return Flow::fault;
  const u16 selector = static_cast<u16>(raw_selector);
  if (real_style(c)) {
    if (ip > c.state.segment[cs].limit) return c.general_protection();
    stack.release(op.imm);
    stack.commit();
    return go(c, real_segment(c, selector), ip);
  }
  Descriptor d;
  if (!read_return_code(c, selector, d) || !check_target(c, d, ip)) return Flow::fault;
  const unsigned rpl = selector & 3;
  stack.release(op.imm);
  if (rpl == c.cpl()) {
    if (!set_accessed(c, selector, d)) return Flow::fault;
    const Flow flow = go(c, d.segment(selector), ip);
    stack.commit();  // in the width of the code returned to
    return flow;
  }
  u64 pointer, stack_selector;
  Segment stack_segment;
  const bool to_64 = c.long_mode() && (d.attributes() & segment_bit::l);
  if (!stack.pop(pointer, bytes) || !stack.pop(stack_selector, bytes)) return Flow::fault;
  if (!read_return_stack(c, static_cast<u16>(stack_selector), rpl, to_64, stack_segment)) return Flow::fault;
  if (!set_accessed(c, selector, d)) return Flow::fault;
  set_segment(c, ss, stack_segment);
  set_segment(c, cs, d.segment(selector));
  set_stack(c, pointer + op.imm);
  drop_inner_segments(c);
  c.rip = ip;
  log_return(c, op, Entry::interrupt);
  return Flow::exit;
}

/// SDM vol. 2, IRET. In 64-bit mode SS and RSP are always popped.
Flow iret(Core& c, const MicroOp& op) {
  if (real_style(c)) return iret_real(c, op);
  if (c.flags.rest & flag::nt) return c.general_protection();  // no task switches
  const unsigned bytes = op.width / 8u;
  StackReader stack(c);
  u64 ip, raw_selector, flags;
  if (!stack.pop(ip, bytes) || !stack.pop(raw_selector, bytes) || !stack.pop(flags, bytes)) return Flow::fault;
  const u16 selector = static_cast<u16>(raw_selector);
  Descriptor d;
  if (!read_return_code(c, selector, d) || !check_target(c, d, ip)) return Flow::fault;
  const unsigned rpl = selector & 3, old_cpl = c.cpl();
  const u64 mask = iret_mask(c, op.width);
  const bool switches = c.mode64() || rpl != old_cpl;
  u64 pointer = 0, stack_selector = 0;
  Segment stack_segment;
  if (switches) {
    const bool to_64 = c.long_mode() && (d.attributes() & segment_bit::l);
    if (!stack.pop(pointer, bytes) || !stack.pop(stack_selector, bytes)) return Flow::fault;
    if (!read_return_stack(c, static_cast<u16>(stack_selector), rpl, to_64, stack_segment)) return Flow::fault;
  }
  if (!set_accessed(c, selector, d)) return Flow::fault;
  if (!switches) stack.commit();
  restore_flags(c, flags, mask);
  if (switches) set_segment(c, ss, stack_segment);
  set_segment(c, cs, d.segment(selector));
  if (switches) set_stack(c, pointer);
  if (rpl != old_cpl) drop_inner_segments(c);
  c.state.nmi_blocked = false;
  c.rip = ip;
  if (rpl != old_cpl) log_return(c, op, Entry::interrupt);
  return Flow::exit;
}

namespace {

/// A handler entered by an instruction is not stepped into: TF is clear there.
Flow entered(Core& c, bool delivered) {
  if (!delivered) return Flow::fault;
  c.step_trap = StepTrap::no;
  return Flow::exit;
}

Flow software_interrupt(Core& c, const MicroOp& op, u8 vector) {
  c.sync_clock(op);
  const bool user = c.cpl() == 3;
  const u64 at = c.ip_of(op);
  if (user && vector == 0x80) {
    log(c, trace::Kind::syscall_entered, c.r[rax], c.r[rbx], c.r[rcx], c.r[rdx], c.r[rsi], c.r[rdi], c.r[rbp]);
  } else {
    log(c, trace::Kind::software_interrupt, vector, at);
  }
  return entered(c, deliver_software(c, vector, c.next_ip(op)));
}

}  // namespace

Flow int_n(Core& c, const MicroOp& op) {
  if (virtual_8086(c) && (c.flags.rest & flag::iopl) != flag::iopl) return c.general_protection();
  return software_interrupt(c, op, static_cast<u8>(op.imm));
}
Flow int3(Core& c, const MicroOp& op) { return software_interrupt(c, op, static_cast<u8>(Vector::breakpoint)); }
Flow int1(Core& c, const MicroOp& op) {
  c.sync_clock(op);
  log(c, trace::Kind::software_interrupt, static_cast<u64>(Vector::debug), c.ip_of(op));
  return entered(c, deliver_icebp(c, c.next_ip(op)));
}
Flow into(Core& c, const MicroOp& op) {
  if (!c.flags.of()) {
    c.rip = c.next_ip(op);
    return Flow::branch;
  }
  return software_interrupt(c, op, static_cast<u8>(Vector::overflow));
}

namespace {

Segment flat_code(u16 selector, unsigned dpl, bool wide) {
  const u16 kind = wide ? segment_bit::l : segment_bit::db;
  return {selector, static_cast<u16>(0x9b | dpl << 5 | segment_bit::granularity | kind), 0xffffffff, 0};
}
Segment flat_data(u16 selector, unsigned dpl) {
  return {selector, static_cast<u16>(0x93 | dpl << 5 | segment_bit::granularity | segment_bit::db), 0xffffffff, 0};
}

void enter(Core& c, const Segment& code, const Segment& stack) {
  set_segment(c, ss, stack);
  set_segment(c, cs, code);
}

}  // namespace

namespace {

/// SYSCALL and SYSRET trap when TF is set as they end: a kernel that masks TF is not stepped into,
/// and a return to a stepped program traps at its first instruction (AMD64 vol. 2, 13.1.4).
void step_by_new_flags(Core& c) { c.step_trap = c.flags.rest & flag::tf ? StepTrap::yes : StepTrap::no; }

}  // namespace

Flow syscall(Core& c, const MicroOp& op) {
  State& s = c.state;
  if (!(s.efer & efer::sce) || !c.long_mode()) return c.undefined();
  c.sync_clock(op);
  if (c.cpl() == 3) {
    log(c, trace::Kind::syscall_entered, c.r[rax], c.r[rdi], c.r[rsi], c.r[rdx], c.r[r10], c.r[r8], c.r[r9]);
  }
  const bool from_64 = c.mode64();
  const u16 selector = static_cast<u16>(s.star >> 32);
  c.r[rcx] = c.next_ip(op);
  c.r[r11] = c.flags.all() & ~flag::rf;
  write_flags(c, c.r[r11] & ~s.sfmask, ~u64{0});
  enter(c, flat_code(selector & 0xfffc, 0, true), flat_data(static_cast<u16>((selector & 0xfffc) + 8), 0));
  c.rip = from_64 ? s.lstar : s.cstar;
  step_by_new_flags(c);
  return Flow::exit;
}

Flow sysret(Core& c, const MicroOp& op) {
  State& s = c.state;
  if (!(s.efer & efer::sce) || !c.mode64()) return c.undefined();
  if (c.cpl() != 0) return c.general_protection();
  const bool wide = op.width == 64;
  if (wide && !c.canonical(c.r[rcx])) return c.general_protection();
  const u16 base = static_cast<u16>(s.star >> 48);
  const u16 code = static_cast<u16>((wide ? base + 16 : base) | 3);
  constexpr u64 cleared = flag::rf | flag::vm;
  const u64 flags = c.r[r11] & 0x3c7fd7 & ~cleared;
  write_flags(c, flags, ~u64{0});
  enter(c, flat_code(code, 3, wide), flat_data(static_cast<u16>((base + 8) | 3), 3));
  c.rip = wide ? c.r[rcx] : static_cast<u32>(c.r[rcx]);
  step_by_new_flags(c);
  log_return(c, op, Entry::syscall);
  return Flow::exit;
}

Flow sysenter(Core& c, const MicroOp& op) {
  State& s = c.state;
  if (!protected_mode(c) || (s.sysenter_cs & 0xfffc) == 0) return c.general_protection();
  c.sync_clock(op);
  if (c.cpl() == 3) {
    log(c, trace::Kind::syscall_entered, c.r[rax], c.r[rbx], c.r[rcx], c.r[rdx], c.r[rsi], c.r[rdi], c.r[rbp]);
  }
  const u16 selector = s.sysenter_cs & 0xfffc;
  c.flags.rest &= ~(flag::vm | flag::intr | flag::rf);
  enter(c, flat_code(selector, 0, c.long_mode()), flat_data(static_cast<u16>(selector + 8), 0));
  c.r[rsp] = c.long_mode() ? s.sysenter_esp : static_cast<u32>(s.sysenter_esp);
  c.rip = c.long_mode() ? s.sysenter_eip : static_cast<u32>(s.sysenter_eip);
  return Flow::exit;
}

Flow sysexit(Core& c, const MicroOp& op) {
  State& s = c.state;
  if (!protected_mode(c) || (s.sysenter_cs & 0xfffc) == 0 || c.cpl() != 0) return c.general_protection();
  const bool wide = op.width == 64;
  if (wide && (!c.canonical(c.r[rcx]) || !c.canonical(c.r[rdx]))) return c.general_protection();
  const unsigned base = (s.sysenter_cs & 0xfffc) + (wide ? 32 : 16);
  enter(c, flat_code(static_cast<u16>(base | 3), 3, wide), flat_data(static_cast<u16>((base + 8) | 3), 3));
  c.r[rsp] = wide ? c.r[rcx] : static_cast<u32>(c.r[rcx]);
  c.rip = wide ? c.r[rdx] : static_cast<u32>(c.r[rdx]);
  log_return(c, op, Entry::sysenter);
  return Flow::exit;
}

}  // namespace lucid::cpu::exec
