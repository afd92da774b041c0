// SPDX-License-Identifier: MIT
#include "core/inspect/program_lines.h"

#include <algorithm>

namespace lucid::inspect {
namespace {

constexpr u32 pt_load = 1, pf_x = 1;

bool is_code(const ElfImage& image, u64 start, u64 end) {
  return std::any_of(image.segments.begin(), image.segments.end(), [&](const ElfSegment& segment) {
    return segment.type == pt_load && (segment.flags & pf_x) && start >= segment.address &&
           start - segment.address < segment.file_size && end - segment.address <= segment.file_size;
  });
}

}  // namespace

LineTables program_lines(std::span<const u8> file, const ElfImage& image) {
  auto tables = read_dwarf_lines(
      {elf_section(file, ".debug_line"), elf_section(file, ".debug_line_str"), elf_section(file, ".debug_str")});
  std::erase_if(tables.sequences, [&](const LineSequence& sequence) {
    return sequence.empty() || !is_code(image, sequence.front().address, sequence.back().address);
  });
  return tables;
}

}  // namespace lucid::inspect
