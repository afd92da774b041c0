// SPDX-License-Identifier: MIT
// The line table of an ELF file, for the code it really has.
#pragma once
#include "core/inspect/dwarf_lines.h"
#include "core/inspect/elf.h"

namespace lucid::inspect {

/// Its sections' tables without what lies outside of executable segments: linkers leave the lines of
/// functions they threw away at address 0.
LineTables program_lines(std::span<const u8> file, const ElfImage& image);

}  // namespace lucid::inspect
