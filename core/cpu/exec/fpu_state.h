// SPDX-License-Identifier: MIT
// Saving and restoring the SSE and x87 state as a whole. extra = 1: the 64-bit form (REX.W).
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu::exec {

Flow ldmxcsr(Core& c, const MicroOp& op);
Flow stmxcsr(Core& c, const MicroOp& op);
Flow fxsave(Core& c, const MicroOp& op);
Flow fxrstor(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
