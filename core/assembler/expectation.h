// SPDX-License-Identifier: MIT
// Why an instruction cannot be encoded, found by trying: which operand is wrong and what would fit.
#pragma once
#include <string>
#include <vector>

#include "core/assembler/request.h"
#include "core/assembler/statement.h"

namespace lucid::assembler {

/// For an instruction that ask() has no bytes for.
Complaint explain(const Instruction& instruction, const Question& question);

/// "byte ptr, word ptr or dword ptr"
std::string sizes_text(const std::vector<u16>& sizes);

}  // namespace lucid::assembler
