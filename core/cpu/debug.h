// SPDX-License-Identifier: MIT
// Debug registers (SDM vol. 3, 17.2): which accesses and instructions hit a breakpoint.
//
//   DR7: bits 2i, 2i+1 = breakpoint i is on (local, global); bit 13 = GD, general detect
//        bits 16+4i … = when: 0 execution, 1 write, 2 port (CR4.DE), 3 read or write; 18+4i … = length
//   DR6: bits 0..3 = which hit, 13 = BD, 14 = BS, 15 = BT
//
// While any is on the run loop executes one instruction at a time, and while a data breakpoint is on
// no data access hits the TLB. Hits of data and ports gather in state.debug_hits and trap behind the
// instruction, after MOV SS and POP SS one instruction later.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu {

namespace dr6 {
constexpr u64 hits = 15, general_detect = 1 << 13, single_step = 1 << 14, task_switch = 1 << 15;
}
constexpr u64 dr7_general_detect = 1 << 13;

/// After a change of DR7, CR4 or `observed`.
void update_debug(Core& c);

/// Breakpoints on the instruction at linear address `at`, as bits of DR6.
u64 execution_hits(const Core& c, u64 at);
void note_data_access(Core& c, u64 at, unsigned bytes, mem::Access access);
void note_port_access(Core& c, u16 port, unsigned bytes);

/// DR6 for a debug exception: B0..B3 tell of this one, the others accumulate.
inline void report_debug(Core& c, u64 bits) { c.state.dr6 = (c.state.dr6 & ~dr6::hits) | bits; }

}  // namespace lucid::cpu
