// SPDX-License-Identifier: MIT
// Reads the line number tables of DWARF 2 to 5 (section .debug_line). Anything in them may be wrong:
// a unit that makes no sense ends where it stops making sense, the others are read.
// Source: DWARF 5, 6.2; DWARF 4, 6.2.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/inspect/source_map.h"

namespace lucid::inspect {

struct LineSections {
  std::span<const u8> line, line_str, str;  // .debug_line, .debug_line_str, .debug_str
};

struct LineTables {
  std::vector<std::string> files;  // normalised, each once; relative to the folder of compilation where DWARF 4 says so
  std::vector<LineSequence> sequences;
};

LineTables read_dwarf_lines(const LineSections& sections);

}  // namespace lucid::inspect
