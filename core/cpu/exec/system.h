// SPDX-License-Identifier: MIT
// Instructions of the operating system: control registers, MSRs, tables, HLT, CPUID, time.
// All end their block: they set Core::rip themselves and leave with Flow::exit.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu::exec {

Flow hlt(Core& c, const MicroOp& op);
Flow cli(Core& c, const MicroOp& op);
Flow sti(Core& c, const MicroOp& op);
Flow cpuid(Core& c, const MicroOp& op);
Flow rdtsc(Core& c, const MicroOp& op);  // extra: 1 = RDTSCP
Flow rdmsr(Core& c, const MicroOp& op);
Flow wrmsr(Core& c, const MicroOp& op);
Flow mov_from_control(Core& c, const MicroOp& op);  // src = number, width in bits
Flow mov_to_control(Core& c, const MicroOp& op);    // dst = number
Flow mov_from_debug(Core& c, const MicroOp& op);
Flow mov_to_debug(Core& c, const MicroOp& op);
Flow clts(Core& c, const MicroOp& op);
Flow clac(Core& c, const MicroOp& op);
Flow stac(Core& c, const MicroOp& op);
Flow privileged(Core& c, const MicroOp& op);
Flow lmsw(Core& c, const MicroOp& op);
Flow smsw(Core& c, const MicroOp& op);  // to a register, width; extra: 1 = to memory
Flow invlpg(Core& c, const MicroOp& op);
Flow wbinvd(Core& c, const MicroOp& op);
Flow load_table(Core& c, const MicroOp& op);   // LGDT LIDT: extra 0 1
Flow store_table(Core& c, const MicroOp& op);  // SGDT SIDT
Flow lldt(Core& c, const MicroOp& op);
Flow ltr(Core& c, const MicroOp& op);
Flow store_selector(Core& c, const MicroOp& op);    // SLDT STR: extra 0 1; to slot dst
Flow mov_to_segment(Core& c, const MicroOp& op);    // dst = number, src = slot
Flow mov_from_segment(Core& c, const MicroOp& op);  // src = number
Flow load_far_pointer(Core& c, const MicroOp& op);  // LDS LES LFS LGS LSS: extra = segment
Flow lar(Core& c, const MicroOp& op);
Flow lsl(Core& c, const MicroOp& op);
Flow verify(Core& c, const MicroOp& op);  // VERR VERW: extra 0 1
Flow arpl(Core& c, const MicroOp& op);    // dst and src are slots
Flow arpl_m(Core& c, const MicroOp& op);  // extra: the segment; written only when something changes
Flow swapgs(Core& c, const MicroOp& op);
Flow base_register(Core& c, const MicroOp& op);  // RDFSBASE … WRGSBASE: extra = segment | write << 4
Flow rdpmc(Core& c, const MicroOp& op);

// Input and output; width in bits; imm = port, or DX when extra is 1.
Flow in(Core& c, const MicroOp& op);
Flow out(Core& c, const MicroOp& op);
Flow ins(Core& c, const MicroOp& op);   // extra: 0 alone, 1 repeated; extra32 = address size
Flow outs(Core& c, const MicroOp& op);  // src = segment

}  // namespace lucid::cpu::exec
