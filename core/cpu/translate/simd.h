// SPDX-License-Identifier: MIT
// What the translators of the SIMD families share.
#pragma once
#include "core/cpu/translate/builder.h"

namespace lucid::cpu::translate {

bool is_mmx(const Builder& b, unsigned operand);
bool is_xmm(const Builder& b, unsigned operand);
inline bool is_vector(const Builder& b, unsigned operand) { return is_mmx(b, operand) || is_xmm(b, operand); }

/// Emits `op` with operand i as its source: memory with its width, or a register's number (vectors) or slot.
MicroOp& emit_source(Builder& b, Op op, unsigned operand);

}  // namespace lucid::cpu::translate
