// SPDX-License-Identifier: MIT
#include "core/cpu/exec/branch.h"

#include "core/cpu/exec/stack.h"

namespace lucid::cpu::exec {
namespace {

bool (*const conditions[16])(const Flags&) = {condition<0>,  condition<1>,  condition<2>,  condition<3>,
                                              condition<4>,  condition<5>,  condition<6>,  condition<7>,
                                              condition<8>,  condition<9>,  condition<10>, condition<11>,
                                              condition<12>, condition<13>, condition<14>, condition<15>};

u32 truncate(u64 target, u32 bits) { return bits == 16 ? static_cast<u16>(target) : static_cast<u32>(target); }

/// Checks a near target against the limit of CS; `before` runs when nothing else can fault.
bool within_code(Core& c, u32 target) {
  if (target <= c.state.segment[cs].limit) return true;
  c.general_protection();
  return false;
}

Flow jump(Core& c, u64 target, u32 bits) {
  const u32 to = truncate(target, bits);
  if (!within_code(c, to)) return Flow::fault;
  c.rip = to;
  return Flow::branch;
}

Flow call(Core& c, const MicroOp& op, u64 target) {
  const u32 to = truncate(target, op.extra32);
  if (!within_code(c, to)) return Flow::fault;
  if (!push(c, c.next_ip(op), op.extra32 / 8)) return Flow::fault;
  c.rip = to;
  return Flow::branch;
}

u64 target_of(const Core& c, const MicroOp& op) { return c.next_ip(op) + op.imm; }

}  // namespace

Flow jmp_legacy(Core& c, const MicroOp& op) { return jump(c, target_of(c, op), op.extra32); }
Flow jcc_legacy(Core& c, const MicroOp& op) {
  return conditions[op.dst](c.flags) ? jmp_legacy(c, op) : Flow::not_taken;
}
Flow loop_legacy(Core& c, const MicroOp& op) {
  if (truncate(target_of(c, op), op.extra32) > c.state.segment[cs].limit) return c.general_protection();
  return loop_taken(c, op) ? jmp_legacy(c, op) : Flow::not_taken;
}
Flow jcxz_legacy(Core& c, const MicroOp& op) { return counter_is_zero(c, op) ? jmp_legacy(c, op) : Flow::not_taken; }
Flow call_legacy(Core& c, const MicroOp& op) { return call(c, op, target_of(c, op)); }
Flow jmp_r_legacy(Core& c, const MicroOp& op) { return jump(c, c.get<u64>(op.src), op.extra32); }
Flow call_r_legacy(Core& c, const MicroOp& op) { return call(c, op, c.get<u64>(op.src)); }

Flow ret_legacy(Core& c, const MicroOp& op) {
  StackReader stack(c);
  u64 target = 0;
  if (!stack.pop(target, op.extra32 / 8)) return Flow::fault;
  if (!within_code(c, truncate(target, op.extra32))) return Flow::fault;
  stack.release(op.imm);
  stack.commit();
  c.rip = truncate(target, op.extra32);
  return Flow::branch;
}

}  // namespace lucid::cpu::exec
