// SPDX-License-Identifier: MIT
#include "core/cpu/exec/flag_ops.h"

#include "core/cpu/log.h"

namespace lucid::cpu::exec {
namespace {

u8 al(const Core& c) { return static_cast<u8>(c.r[rax]); }
u8 ah(const Core& c) { return static_cast<u8>(c.r[rax] >> 8); }

/// DAA and DAS (SDM vol. 2): SF ZF PF follow AL, OF is clear.
Flow decimal_adjust(Core& c, int sign) {
  const u8 old = al(c);
  const bool old_carry = c.flags.cf();
  const bool low = (old & 15) > 9 || c.flags.af();
  const bool high = old > 0x99 || old_carry;
  int value = old;
  bool carry = false;
  if (low) {
    carry = old_carry || (sign > 0 ? value + 6 > 0xff : value < 6);
    value += 6 * sign;
  }
  if (high) {
    value += 0x60 * sign;
    carry = true;
  } else if (sign > 0) {
    carry = false;
  }
  c.set<u8>(slot_of(rax), static_cast<u8>(value));
  c.flags.set_result(static_cast<u8>(value));
  c.flags.set_carries(carry, false, low);
  return Flow::next;
}

/// AAA and AAS: ZF SF PF follow AL, OF is clear.
Flow ascii_adjust(Core& c, int sign) {
  const bool adjust = (al(c) & 15) > 9 || c.flags.af();
  u16 ax = static_cast<u16>(c.r[rax]);
  if (adjust) ax = static_cast<u16>(ax + sign * 0x106);
  c.set<u16>(slot_of(rax), ax & 0xff0f);
  c.flags.set_result(al(c));
  c.flags.set_carries(adjust, false, adjust);
  return Flow::next;
}

}  // namespace

Flow daa(Core& c, const MicroOp&) { return decimal_adjust(c, 1); }
Flow das(Core& c, const MicroOp&) { return decimal_adjust(c, -1); }
Flow aaa(Core& c, const MicroOp&) { return ascii_adjust(c, 1); }
Flow aas(Core& c, const MicroOp&) { return ascii_adjust(c, -1); }

Flow aam(Core& c, const MicroOp& op) {
  const u8 base = static_cast<u8>(op.imm);
  if (base == 0) return c.raise(Vector::divide_error);
  const u8 value = al(c);
  c.set<u16>(slot_of(rax), static_cast<u16>(value / base << 8 | value % base));
  c.flags.after_logic(al(c));
  return Flow::next;
}

Flow aad(Core& c, const MicroOp& op) {
  const u8 product = static_cast<u8>(ah(c) * op.imm), old = al(c), value = static_cast<u8>(old + product);
  c.set<u16>(slot_of(rax), value);
  c.flags.after_add<u8>(old, product, value);
  return Flow::next;
}

/// The upper bound is read only when the lower one holds.
Flow bound(Core& c, const MicroOp& op) {
  const unsigned bytes = op.width / 8u;
  const auto extend = [&](u64 v) { return op.width == 16 ? i64{static_cast<i16>(v)} : i64{static_cast<i32>(v)}; };
  const i64 index = extend(c.get<u64>(op.dst));
  u64 low = 0, high = 0;
  if (!load_slow(c, address(c, op), &low, bytes, segment_fault(op))) return Flow::fault;
  if (index < extend(low)) return c.raise(Vector::bound_range);
  if (!load_slow(c, address(c, op) + bytes, &high, bytes, segment_fault(op))) return Flow::fault;
  return index > extend(high) ? c.raise(Vector::bound_range) : Flow::next;
}

Flow undefined_opcode(Core& c, const MicroOp& op) {
  c.sync_clock(op);
  log(c, trace::Kind::invalid_opcode, c.ip_of(op), op.length, op.imm);
  return c.undefined();
}

Flow too_long(Core& c, const MicroOp&) { return c.general_protection(); }

}  // namespace lucid::cpu::exec
