// SPDX-License-Identifier: MIT
// Interrupts and exceptions (SDM vol. 3, ch. 6): which one is delivered, and what becomes of those that cannot be.
// How one reaches its handler: delivery.h; the way back: IRET in exec/far_return.cpp.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu {

/// Delivers c.fault, raised by an instruction that did not complete; escalates to #DF and shutdown.
void deliver_fault(Core& c);
/// Delivers an interrupt from outside.
void deliver_external(Core& c, u8 vector);
/// INT n, INT3, INTO, after which execution goes on at `return_ip`. False = c.fault is set instead.
bool deliver_software(Core& c, u8 vector, u64 return_ip);
/// INT1: a #DB that no gate's privilege level refuses; breakpoints that wait for it are reported with it.
bool deliver_icebp(Core& c, u64 return_ip);
/// A trap-class #DB after an instruction.
void deliver_debug_trap(Core& c, u64 dr6_bits);

}  // namespace lucid::cpu
