// SPDX-License-Identifier: MIT
// INT n, INT3, INT1 and INTO.
#include "core/abi/syscall.h"
#include "core/cpu/exec/far.h"
#include "core/cpu/interrupts.h"
#include "core/cpu/log.h"
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {
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
    log(c, trace::Kind::syscall_entered, abi::i386_call | static_cast<u32>(c.r[rax]), c.r[rbx], c.r[rcx], c.r[rdx],
        c.r[rsi], c.r[rdi], c.r[rbp]);
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

}  // namespace lucid::cpu::exec
