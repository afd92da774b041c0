// SPDX-License-Identifier: MIT
// Control transfers that change CS: far JMP CALL RET, INT and IRET, SYSCALL SYSRET SYSENTER SYSEXIT.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu::exec {

// width = operand size in bits throughout.
Flow far_jmp_imm(Core& c, const MicroOp& op);  // imm = offset, extra32 = selector
Flow far_call_imm(Core& c, const MicroOp& op);
Flow far_jmp_mem(Core& c, const MicroOp& op);
Flow far_call_mem(Core& c, const MicroOp& op);
Flow far_ret(Core& c, const MicroOp& op);  // imm = bytes to release
Flow iret(Core& c, const MicroOp& op);
Flow int_n(Core& c, const MicroOp& op);  // imm = vector
Flow int3(Core& c, const MicroOp& op);
Flow into(Core& c, const MicroOp& op);
Flow int1(Core& c, const MicroOp& op);
Flow syscall(Core& c, const MicroOp& op);
Flow sysret(Core& c, const MicroOp& op);
Flow sysenter(Core& c, const MicroOp& op);
Flow sysexit(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
