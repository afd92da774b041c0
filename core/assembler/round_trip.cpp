// SPDX-License-Identifier: MIT
#include "core/assembler/round_trip.h"

#include <algorithm>

#include "core/isa/disassembler.h"

namespace lucid::assembler {
namespace {

bool comes_back(std::span<const u8> code, isa::Mode mode, u64 address) {
  while (!code.empty()) {
    const isa::Disassembly text = isa::disassemble(code, mode, Gva{address});
    const Assembly again = assemble(text.text, {.mode = mode, .origin = address, .one_section = true});
    const Section* section = again.section(SectionKind::text);
    if (!text.valid || !section || section->bytes.size() != text.length ||
        !std::equal(section->bytes.begin(), section->bytes.end(), code.begin()))
      return false;
    code = code.subspan(text.length);
    address += text.length;
  }
  return true;
}

}  // namespace

std::span<const u8> bytes_of(const Assembly& assembly, const Piece& piece) {
  const Section* section = assembly.section(piece.section);
  if (!section || piece.address < section->address) return {};
  const u64 from = piece.address - section->address;
  if (from > section->bytes.size() || piece.size > section->bytes.size() - from) return {};
  return std::span(section->bytes).subspan(from, piece.size);
}

bool comes_back(const Assembly& assembly) {
  return std::all_of(assembly.pieces.begin(), assembly.pieces.end(), [&](const Piece& piece) {
    return !piece.code || comes_back(bytes_of(assembly, piece), piece.mode, piece.address);
  });
}

}  // namespace lucid::assembler
