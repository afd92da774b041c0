// SPDX-License-Identifier: MIT
// Address preparation for the memory operands that base + index << scale + disp does not hold.
// They compute into slot_address for the micro-operation that follows.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

LUCID_HANDLER Flow address_64(Core& c, const MicroOp& op) {
  c.r[slot_address / 8] = c.get<u64>(op.base) + (c.get<u64>(op.index) << op.scale) + op.imm;
  return Flow::next;
}

LUCID_HANDLER Flow address_32(Core& c, const MicroOp& op) {
  c.r[slot_address / 8] = static_cast<u32>(c.get<u64>(op.base) + (c.get<u64>(op.index) << op.scale) + op.imm);
  return Flow::next;
}

LUCID_HANDLER Flow address_16(Core& c, const MicroOp& op) {
  c.r[slot_address / 8] = static_cast<u16>(c.get<u64>(op.base) + c.get<u64>(op.index) + op.imm);
  return Flow::next;
}

/// CLFLUSH and shifts by zero: the checks of an access without the access.
LUCID_HANDLER Flow touch_read(Core& c, const MicroOp& op) {
  u8 byte;
  return load<u8>(c, op, byte) ? Flow::next : Flow::fault;
}
template <typename T>
LUCID_HANDLER Flow touch_m(Core& c, const MicroOp& op) {
  return probe(c, address(c, op), sizeof(T), mem::Access::write, segment_fault(op)) ? Flow::next : Flow::fault;
}

Flow add_segment_base(Core& c, const MicroOp& op);
/// Outside 64-bit mode: offset in 16 or 32 bits, then limit and type of the segment, then its base.
Flow address_legacy(Core& c, const MicroOp& op);
/// The same for the element of a bit string that the register dst selects.
Flow address_bit_string(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
