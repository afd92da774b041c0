// SPDX-License-Identifier: MIT
// Near branches. In 64-bit mode direct targets are known relative to the page, so the loop can link
// blocks; other modes truncate to the operand size and check the limit of CS.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

LUCID_HANDLER Flow block_end(Core&, const MicroOp&) { return Flow::not_taken; }
LUCID_HANDLER Flow leave_block(Core&, const MicroOp&) { return Flow::stop; }

LUCID_HANDLER Flow jmp(Core&, const MicroOp&) { return Flow::taken; }
template <unsigned cc>
LUCID_HANDLER Flow jcc(Core& c, const MicroOp&) {
  return condition<cc>(c.flags) ? Flow::taken : Flow::not_taken;
}

LUCID_HANDLER bool push64(Core& c, u64 value) {
  if (!store<u64>(c, c.r[rsp] - 8, value, SegmentFault::stack)) return false;
  c.r[rsp] -= 8;
  return true;
}
LUCID_HANDLER Flow jump_to(Core& c, u64 target) {
  if (LUCID_UNLIKELY(!c.canonical(target))) return c.general_protection();
  c.rip = target;
  return Flow::branch;
}

LUCID_HANDLER Flow call64(Core& c, const MicroOp& op) { return push64(c, c.next_ip(op)) ? Flow::taken : Flow::fault; }
LUCID_HANDLER Flow jmp_r64(Core& c, const MicroOp& op) { return jump_to(c, c.get<u64>(op.src)); }
LUCID_HANDLER Flow call_r64(Core& c, const MicroOp& op) {
  const u64 target = c.get<u64>(op.src);
  // As Intel's processors do it: the return address is stored before the target is checked.
  if (!store<u64>(c, c.r[rsp] - 8, c.next_ip(op), SegmentFault::stack)) return Flow::fault;
  if (LUCID_UNLIKELY(!c.canonical(target))) return c.general_protection();
  c.r[rsp] -= 8;
  c.rip = target;
  return Flow::branch;
}
LUCID_HANDLER Flow ret64(Core& c, const MicroOp& op) {
  u64 target;
  if (!load<u64>(c, c.r[rsp], target, SegmentFault::stack)) return Flow::fault;
  if (LUCID_UNLIKELY(!c.canonical(target))) return c.general_protection();
  c.r[rsp] += 8 + op.imm;
  c.rip = target;
  return Flow::branch;
}

/// LOOP LOOPE LOOPNE (extra 0 1 2) by the counter of the address size (width).
LUCID_HANDLER u64 counter_mask(const MicroOp& op) { return op.width == 64 ? ~u64{0} : (u64{1} << op.width) - 1; }
LUCID_HANDLER void set_counter(Core& c, const MicroOp& op, u64 value) {
  if (op.width == 64)
    c.r[rcx] = value;
  else if (op.width == 32)
    c.set<u32>(slot_of(rcx), static_cast<u32>(value));
  else
    c.set<u16>(slot_of(rcx), static_cast<u16>(value));
}
LUCID_HANDLER bool loop_taken(Core& c, const MicroOp& op) {
  const u64 count = (c.r[rcx] - 1) & counter_mask(op);
  set_counter(c, op, count);
  return count != 0 && (op.extra == 0 || c.flags.zf() == (op.extra == 1));
}
LUCID_HANDLER bool counter_is_zero(Core& c, const MicroOp& op) { return (c.r[rcx] & counter_mask(op)) == 0; }
LUCID_HANDLER Flow loop(Core& c, const MicroOp& op) { return loop_taken(c, op) ? Flow::taken : Flow::not_taken; }
LUCID_HANDLER Flow jrcxz(Core& c, const MicroOp& op) { return counter_is_zero(c, op) ? Flow::taken : Flow::not_taken; }

// Outside 64-bit mode. extra32 = operand size in bits, imm = displacement from the next instruction.
Flow jmp_legacy(Core& c, const MicroOp& op);
Flow jcc_legacy(Core& c, const MicroOp& op);  // condition in dst
Flow loop_legacy(Core& c, const MicroOp& op);
Flow jcxz_legacy(Core& c, const MicroOp& op);
Flow call_legacy(Core& c, const MicroOp& op);
Flow jmp_r_legacy(Core& c, const MicroOp& op);  // target in a register or slot_temp
Flow call_r_legacy(Core& c, const MicroOp& op);
Flow ret_legacy(Core& c, const MicroOp& op);  // imm = bytes to release

}  // namespace lucid::cpu::exec
