// SPDX-License-Identifier: MIT
// Short ways of writing an instruction.
#pragma once
#include <vector>

#include "core/assembler/request.h"

namespace lucid::assembler {

/// The operands left out, in turn, as they might be meant; without the question itself.
std::vector<Question> meanings(const Question& question);

/// Compares and moves of strings have REP or REPE; whichever was written is meant.
std::vector<u64> prefix_readings(u64 prefixes);

}  // namespace lucid::assembler
