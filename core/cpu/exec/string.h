// SPDX-License-Identifier: MIT
// MOVS STOS LODS CMPS SCAS, alone and repeated.
//
// A repeated instruction retires in chunks, each counting as one instruction: a chunk ends at the
// end of the count, at the end of a page of either operand, or when REPE/REPNE is decided. So where
// a chunk ends depends on architectural state alone, and only its first element can fault.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

// extra: 0 alone, 1 REP/REPE, 2 REPNE; width: address size in bits; src: segment of the source.
template <typename T>
Flow movs(Core& c, const MicroOp& op);
template <typename T>
Flow stos(Core& c, const MicroOp& op);
template <typename T>
Flow lods(Core& c, const MicroOp& op);
template <typename T>
Flow cmps(Core& c, const MicroOp& op);
template <typename T>
Flow scas(Core& c, const MicroOp& op);
Flow xlat(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
