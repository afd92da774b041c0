// SPDX-License-Identifier: MIT
// lucid86 asm and lucid86 disasm: text to bytes and back, without a machine.
#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/cli/exit_code.h"

namespace lucid::cli {

int asm_command(const std::vector<std::string>& arguments);
int disasm_command(const std::vector<std::string>& arguments);

/// Whether a file's name says that it is assembly text: ".asm" or ".s".
bool is_assembly_name(const std::string& path);
/// The program that a text is, or its first errors, one a line.
Result<std::vector<u8>, Failure> assemble_program(const std::string& path, const std::vector<u8>& text);

}  // namespace lucid::cli
