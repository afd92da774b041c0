// SPDX-License-Identifier: MIT
// SYSCALL SYSRET SYSENTER SYSEXIT: into the kernel and out of it without a descriptor being read.
#include "core/abi/syscall.h"
#include "core/cpu/control.h"
#include "core/cpu/exec/far.h"
#include "core/cpu/exec/user_return.h"
#include "core/cpu/log.h"
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {
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
    log(c, trace::Kind::syscall_entered, abi::i386_call | static_cast<u32>(c.r[rax]), c.r[rbx], c.r[rcx], c.r[rdx],
        c.r[rsi], c.r[rdi], c.r[rbp]);
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
