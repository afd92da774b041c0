// SPDX-License-Identifier: MIT
// The translation functions of all families, declared from the mnemonic list itself.
#pragma once
#include "core/cpu/translate/builder.h"

namespace lucid::cpu::translate {

#define INSN(mnemonic, function, op) bool function(Builder& b, Op first);
#include "core/cpu/translate/mnemonics.def"
#undef INSN

}  // namespace lucid::cpu::translate
