// SPDX-License-Identifier: MIT
#include "core/cpu/exec/address.h"

#include "core/cpu/segments.h"

namespace lucid::cpu::exec {

Flow address_legacy(Core& c, const MicroOp& op) {
  const u64 sum = c.get<u64>(op.base) + (c.get<u64>(op.index) << op.scale) + op.imm;
  const u32 offset = op.width == 16 ? static_cast<u16>(sum) : static_cast<u32>(sum);
  const mem::Access access = op.src ? mem::Access::write : mem::Access::read;
  const bool ok = legacy_linear(c, static_cast<Seg>(op.extra), offset, op.extra32, access, c.r[slot_address / 8]);
  return ok ? Flow::next : Flow::fault;
}

Flow add_segment_base(Core& c, const MicroOp& op) {
  u64& at = c.r[slot_address / 8];
  at = static_cast<u32>(at + c.state.segment[op.extra].base);
  return Flow::next;
}

}  // namespace lucid::cpu::exec
