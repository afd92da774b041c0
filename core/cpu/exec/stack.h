// SPDX-License-Identifier: MIT
// PUSH, POP and their kin. 64-bit operands in 64-bit mode have handlers of their own; everything
// else goes through StackReader and push(), which know stack width, SS base and limit.
#pragma once
#include "core/cpu/exec/branch.h"
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

/// Pushes `bytes` (2, 4, 8) of value.
bool push(Core& c, u64 value, unsigned bytes);

/// Pops several values and moves rSP at the end, so that a fault on the way changes nothing.
class StackReader {
 public:
  explicit StackReader(Core& c);
  bool pop(u64& value, unsigned bytes);
  void release(u64 bytes) { pointer_ += bytes; }
  void commit();

 private:
  Core& c_;
  u64 pointer_;
};
/// Pushes several values and moves rSP at the end.
class StackWriter {
 public:
  /// `flat`: as 64-bit code pushes, whatever the mode.
  explicit StackWriter(Core& c, bool flat = false);
  bool push(u64 value, unsigned bytes);
  /// Of a 32-bit slot only the lower half is written, as Intel processors do (SDM vol. 2, PUSH).
  bool push_selector(u16 selector, unsigned bytes);
  void commit();

 private:
  Core& c_;
  bool flat_;
  u64 pointer_;
};
/// 16, 32 or 64.
unsigned stack_width(const Core& c);

LUCID_HANDLER Flow push_r64(Core& c, const MicroOp& op) {
  return push64(c, c.get<u64>(op.src)) ? Flow::next : Flow::fault;
}
LUCID_HANDLER Flow push_i64(Core& c, const MicroOp& op) { return push64(c, op.imm) ? Flow::next : Flow::fault; }
LUCID_HANDLER Flow pop_r64(Core& c, const MicroOp& op) {
  u64 value;
  if (!load<u64>(c, c.r[rsp], value, SegmentFault::stack)) return Flow::fault;
  c.r[rsp] += 8;
  c.set<u64>(op.dst, value);
  return Flow::next;
}
LUCID_HANDLER Flow leave64(Core& c, const MicroOp&) {
  u64 value;
  if (!load<u64>(c, c.r[rbp], value, SegmentFault::stack)) return Flow::fault;
  c.r[rsp] = c.r[rbp] + 8;
  c.r[rbp] = value;
  return Flow::next;
}

// width = operand size in bits.
Flow push_any(Core& c, const MicroOp& op);  // register or slot_temp in src
Flow push_imm(Core& c, const MicroOp& op);
Flow push_segment(Core& c, const MicroOp& op);  // number in src
Flow pop_any(Core& c, const MicroOp& op);
Flow pop_memory(Core& c, const MicroOp& op);  // the address already counts the popped bytes
Flow pop_segment(Core& c, const MicroOp& op);
Flow push_all(Core& c, const MicroOp& op);
Flow pop_all(Core& c, const MicroOp& op);
Flow enter(Core& c, const MicroOp& op);  // imm = bytes, extra = nesting level
Flow leave(Core& c, const MicroOp& op);
Flow pushf(Core& c, const MicroOp& op);
Flow popf(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
