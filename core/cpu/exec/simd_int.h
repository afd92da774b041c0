// SPDX-License-Identifier: MIT
// Integer SIMD handlers, declared from the table.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu::exec {

#define BOTH(mnemonic, name, ...)        \
  Flow name(Core& c, const MicroOp& op); \
  Flow name##_mmx(Core& c, const MicroOp& op);
#define WIDE(mnemonic, name, ...) Flow name(Core& c, const MicroOp& op);
#define NARROW(mnemonic, name, ...) Flow name##_mmx(Core& c, const MicroOp& op);
#include "core/cpu/exec/simd_table.def"
#undef BOTH
#undef WIDE
#undef NARROW

Flow ptest(Core& c, const MicroOp& op);

// Sign masks to general register dst.
Flow pmovmskb(Core& c, const MicroOp& op);
Flow pmovmskb_mmx(Core& c, const MicroOp& op);
Flow movmskps(Core& c, const MicroOp& op);
Flow movmskpd(Core& c, const MicroOp& op);

// PEXTRx, EXTRACTPS: lane imm of vector src to general register dst, zero-extended, or (width not 0) to memory.
Flow extract_lane8(Core& c, const MicroOp& op);
Flow extract_lane16(Core& c, const MicroOp& op);
Flow extract_lane32(Core& c, const MicroOp& op);
Flow extract_lane64(Core& c, const MicroOp& op);
Flow extract_lane16_mmx(Core& c, const MicroOp& op);

// PINSRx: general register src, or memory, to lane imm of vector dst.
Flow insert_lane8(Core& c, const MicroOp& op);
Flow insert_lane16(Core& c, const MicroOp& op);
Flow insert_lane32(Core& c, const MicroOp& op);
Flow insert_lane64(Core& c, const MicroOp& op);
Flow insert_lane16_mmx(Core& c, const MicroOp& op);

// Strings; extra = 1: lengths in RAX and RDX, not EAX and EDX.
Flow pcmpestri(Core& c, const MicroOp& op);
Flow pcmpestrm(Core& c, const MicroOp& op);
Flow pcmpistri(Core& c, const MicroOp& op);
Flow pcmpistrm(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
