// SPDX-License-Identifier: MIT
// SSE floating-point handlers, declared from the table. MicroOp as in simd.h; extra = 1: the general register
// operand has 64 bits, not 32.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu::exec {

#define FLOAT(mnemonic, name, ...) Flow name(Core& c, const MicroOp& op);
#include "core/cpu/exec/sse_table.def"
#undef FLOAT

}  // namespace lucid::cpu::exec
