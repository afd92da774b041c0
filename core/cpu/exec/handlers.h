// SPDX-License-Identifier: MIT
// The handlers of all families, for the loop.
#pragma once
#include "core/cpu/exec/address.h"
#include "core/cpu/exec/alu.h"
#include "core/cpu/exec/bits.h"
#include "core/cpu/exec/branch.h"
#include "core/cpu/exec/far.h"
#include "core/cpu/exec/flag_ops.h"
#include "core/cpu/exec/fpu_state.h"
#include "core/cpu/exec/move.h"
#include "core/cpu/exec/multiply.h"
#include "core/cpu/exec/shift.h"
#include "core/cpu/exec/simd.h"
#include "core/cpu/exec/simd_int.h"
#include "core/cpu/exec/simd_move.h"
#include "core/cpu/exec/sse_float.h"
#include "core/cpu/exec/stack.h"
#include "core/cpu/exec/string.h"
#include "core/cpu/exec/system.h"
#include "core/cpu/exec/x87.h"

namespace lucid::cpu::exec {

/// See OP_COLD.
template <Flow (*handler)(Core&, const MicroOp&)>
__attribute__((noinline)) Flow cold(Core& c, const MicroOp& op) {
  return handler(c, op);
}

}  // namespace lucid::cpu::exec
