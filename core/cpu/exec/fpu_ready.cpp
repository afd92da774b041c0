// SPDX-License-Identifier: MIT
#include "core/cpu/exec/fpu_ready.h"

namespace lucid::cpu::exec {
namespace {

bool refuse(Core& c, Vector vector) {
  c.raise(vector);
  return false;
}

}  // namespace

bool refuse_sse(Core& c) {
  const bool no_sse = (c.state.cr0 & control::cr0_em) || !(c.state.cr4 & control::cr4_osfxsr);
  return refuse(c, no_sse ? Vector::invalid_opcode : Vector::device_not_available);
}

bool refuse_mmx(Core& c) {
  return refuse(c, c.state.cr0 & control::cr0_em ? Vector::invalid_opcode : Vector::device_not_available);
}

bool refuse_x87(Core& c) { return refuse(c, Vector::device_not_available); }

/// Known inaccuracy: with CR0.NE clear a PC asserts FERR#, which returns as IRQ 13 through the PIC. That line is
/// not wired; the exception is delivered as #MF in both cases.
bool refuse_pending(Core& c) { return refuse(c, Vector::x87_error); }

}  // namespace lucid::cpu::exec
