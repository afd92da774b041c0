// SPDX-License-Identifier: MIT
// Forms follow each other in exec/alu.def: rr ri rm mr mi, four widths each; r m for one operand.
#include "core/cpu/translate/functions.h"

namespace lucid::cpu::translate {
namespace {

constexpr unsigned widths = 4;

bool two_operands(Builder& b, Op first, mem::Access access) {
  const auto form = [&](unsigned which) { return sized(offset(first, which * widths), b.bits(0)); };
  if (b.is_mem(0)) {
    const Address at = b.address(0, {access, b.bits(0) / 8u});
    if (b.is_imm(1))
      b.emit(form(4), at).imm = b.imm(1);
    else
      b.emit(form(3), at).src = b.reg(1);
  } else if (b.is_mem(1)) {
    const Address at = b.read(1);
    b.emit(form(2), at).dst = b.reg(0);
  } else {
    MicroOp& op = b.emit(form(b.is_imm(1) ? 1 : 0));
    op.dst = b.reg(0);
    if (b.is_imm(1))
      op.imm = b.imm(1);
    else
      op.src = b.reg(1);
  }
  return true;
}

}  // namespace

bool binary(Builder& b, Op first) { return two_operands(b, first, mem::Access::write); }
bool compare(Builder& b, Op first) { return two_operands(b, first, mem::Access::read); }

bool unary(Builder& b, Op first) {
  const Op form = sized(offset(first, b.is_mem(0) ? widths : 0), b.bits(0));
  if (b.is_mem(0))
    b.emit(form, b.write(0));
  else
    b.emit(form).dst = b.reg(0);
  return true;
}

}  // namespace lucid::cpu::translate
