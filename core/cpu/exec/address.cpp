// SPDX-License-Identifier: MIT
#include "core/cpu/exec/address.h"

#include "core/cpu/segments.h"

namespace lucid::cpu::exec {

namespace {

Flow legacy_address(Core& c, const MicroOp& op, u64 distance) {
  const u64 sum = c.get<u64>(op.base) + (c.get<u64>(op.index) << op.scale) + op.imm + distance;
  const u32 offset = op.width == 16 ? static_cast<u16>(sum) : static_cast<u32>(sum);
  const mem::Access access = op.src ? mem::Access::write : mem::Access::read;
  const bool ok = legacy_linear(c, static_cast<Seg>(op.extra), offset, op.extra32, access, c.r[slot_address / 8]);
  return ok ? Flow::next : Flow::fault;
}

}  // namespace

Flow address_legacy(Core& c, const MicroOp& op) { return legacy_address(c, op, 0); }

Flow address_bit_string(Core& c, const MicroOp& op) {
  const bool narrow = op.extra32 == 2;
  const i64 bit = narrow ? i64{static_cast<i16>(c.get<u16>(op.dst))} : i64{static_cast<i32>(c.get<u32>(op.dst))};
  return legacy_address(c, op, static_cast<u64>(narrow ? bit >> 4 << 1 : bit >> 5 << 2));
}

Flow add_segment_base(Core& c, const MicroOp& op) {
  u64& at = c.r[slot_address / 8];
  at = static_cast<u32>(at + c.state.segment[op.extra].base);
  return Flow::next;
}

}  // namespace lucid::cpu::exec
