// SPDX-License-Identifier: MIT
// Assembly text as a program of its own: a static ELF64 file with the labels as symbols.
#pragma once
#include <string_view>
#include <vector>

#include "core/assembler/assembler.h"

namespace lucid::assembler {

constexpr u64 program_base = 0x400000;  // the file's headers; .text lies on the next page

struct Program {
  Assembly assembly;
  std::vector<u8> elf;  // empty when there are errors
};

/// Starts at _start, or at the beginning of .text. Code that runs past the end of .text exits with
/// status 0 (label "$end"), so that a line alone is a program.
Program make_program(std::string_view text);

}  // namespace lucid::assembler
