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

/// Outside 64-bit mode: offset in 16 or 32 bits, then limit and type of the segment, then its base.
Flow address_legacy(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
