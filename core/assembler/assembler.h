// SPDX-License-Identifier: MIT
// Assembly text to machine code: Intel syntax as NASM and GNU as have it, for a few dozen lines that
// a person types. `lucid86 asm --help` lists what it takes.
//
//   loop:   add eax, [table + 4*rcx]     labels, .local ones too; "$" is the place itself
//           dec ecx                      ; a comment, as are # and //
//           jnz loop                     short where it reaches, else near
//   table   dd 1, 2, 3, four             db dw dd dq, strings, resb …, align, times, equ
//   four    equ 2 * 2
//
// "label" is its address, "[label]" the memory there (relative to RIP in 64-bit code unless "abs" is said).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/assembler/diagnostic.h"
#include "core/base/types.h"
#include "core/isa/decoder.h"

namespace lucid::assembler {

constexpr u64 most_lines = 2000, most_text = 64 << 10, most_bytes = 1 << 20;  // of a text; of one section
constexpr u64 most_repeats = 4096;                                            // times N
constexpr unsigned most_errors = 20;

struct Options {
  isa::Mode mode = isa::Mode::bits64;
  u64 origin = 0;            // where the first section lies
  bool one_section = false;  // sections are refused: the bytes go to one place
};

enum class SectionKind : u8 { text, rodata, data, bss };
struct Section {
  SectionKind kind = SectionKind::text;
  u64 address = 0;
  u64 size = 0;
  std::vector<u8> bytes;  // `size` of them; none of .bss
};

/// What one statement became.
struct Piece {
  u32 line = 0;
  SectionKind section = SectionKind::text;
  u64 address = 0;
  u64 size = 0;
  bool code = false;
  isa::Mode mode = isa::Mode::bits64;
};

struct Label {
  std::string name;
  u32 line = 0;
  u64 value = 0;
  SectionKind section = SectionKind::text;
  bool constant = false;  // made by equ: no place
};

struct Assembly {
  std::vector<Section> sections;   // those that hold something, by address, each on a page of its own
  std::vector<Piece> pieces;       // in the order of the text
  std::vector<Label> labels;       // in the order of the text
  std::vector<Diagnostic> errors;  // not empty: nothing else is valid

  bool ok() const { return errors.empty(); }
  const Section* section(SectionKind kind) const;
};

Assembly assemble(std::string_view text, const Options& options);

}  // namespace lucid::assembler
