// SPDX-License-Identifier: MIT
// SSE floating point and the instructions that save its state.
#include "core/cpu/translate/functions.h"
#include "core/cpu/translate/simd.h"

namespace lucid::cpu::translate {
bool sse_float(Builder& b, Op form) {
  const bool general_destination = !is_vector(b, 0);
  const bool general_source = !b.is_mem(1) && !is_vector(b, 1);
  const bool converts_integer = form == Op::cvtsi2ss || form == Op::cvtsi2sd;
  MicroOp& op = emit_source(b, form, 1);
  op.dst = general_destination ? b.reg(0) : static_cast<Slot>(b.reg_number(0));
  if (general_destination) op.extra = b.bits(0) == 64;
  if (general_source || converts_integer) op.extra = b.bits(1) == 64;
  if (b.insn().info.operand_count > 2 && b.is_imm(2)) op.imm = b.imm(2);
  return true;
}

bool sse_with_string_name(Builder& b) {
  return b.insn().mnemonic() == ZYDIS_MNEMONIC_MOVSD ? move_scalar(b, Op::merge_low_v_v64) : sse_float(b, Op::cmpsd);
}

bool mxcsr(Builder& b, Op form) {
  b.emit(form, form == Op::ldmxcsr ? b.read(0) : b.write(0));
  return true;
}

bool fx_area(Builder& b, Op form) {
  const auto access = form == Op::fxsave ? mem::Access::write : mem::Access::read;
  MicroOp& op = b.emit(form, b.address(0, {access, 512}));
  op.extra = b.insn().info.raw.rex.W;
  return true;
}

}  // namespace lucid::cpu::translate
