// SPDX-License-Identifier: MIT
// Single flags, LAHF SAHF, XLAT, BCD arithmetic, no-operations and deliberate exceptions.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

// clang-format off
LUCID_HANDLER Flow nop(Core&, const MicroOp&) { return Flow::next; }
LUCID_HANDLER Flow clc(Core& c, const MicroOp&) { c.flags.set_cf(false); return Flow::next; }
LUCID_HANDLER Flow stc(Core& c, const MicroOp&) { c.flags.set_cf(true); return Flow::next; }
LUCID_HANDLER Flow cmc(Core& c, const MicroOp&) { c.flags.set_cf(!c.flags.cf()); return Flow::next; }
LUCID_HANDLER Flow cld(Core& c, const MicroOp&) { c.flags.rest &= ~flag::df; return Flow::next; }
LUCID_HANDLER Flow std_(Core& c, const MicroOp&) { c.flags.rest |= flag::df; return Flow::next; }
// clang-format on

LUCID_HANDLER Flow lahf(Core& c, const MicroOp&) {
  c.set<u8>(slot_of(rax) + 1, static_cast<u8>(c.flags.all()));
  return Flow::next;
}
LUCID_HANDLER Flow sahf(Core& c, const MicroOp&) {
  const u64 low = c.get<u8>(slot_of(rax) + 1) & (flag::arithmetic & 0xff);
  c.flags.load_arithmetic(low | (c.flags.of() ? flag::of : 0));
  return Flow::next;
}
LUCID_HANDLER Flow salc(Core& c, const MicroOp&) {
  c.set<u8>(slot_of(rax), c.flags.cf() ? 0xff : 0);
  return Flow::next;
}

Flow daa(Core& c, const MicroOp& op);
Flow das(Core& c, const MicroOp& op);
Flow aaa(Core& c, const MicroOp& op);
Flow aas(Core& c, const MicroOp& op);
Flow aam(Core& c, const MicroOp& op);  // imm = base
Flow aad(Core& c, const MicroOp& op);
Flow bound(Core& c, const MicroOp& op);  // width = operand size in bits

Flow undefined_opcode(Core& c, const MicroOp& op);  // imm = its first bytes
Flow too_long(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
