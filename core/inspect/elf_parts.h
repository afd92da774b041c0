// SPDX-License-Identifier: MIT
// An ELF file taken apart for display: header, program headers, section headers with their fields,
// and the stretches of the file they describe. Damaged files give what can be read, and say what cannot.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace lucid::inspect {

/// A field of a header: which bytes of the file, and what they say.
struct ElfField {
  const char* name = "";
  u64 offset = 0, size = 0;  // in the file, bytes
  std::string value;
  const char* explain = "";  // one sentence
};

struct ElfPart {
  enum class Kind : u8 { header, program_header, section_header, segment, section };
  Kind kind = Kind::header;
  std::string name;                  // "ELF header", "LOAD", ".text" ...
  u64 offset = 0, size = 0;          // in the file, bytes
  u64 address = 0, memory_size = 0;  // of segments and sections that are loaded; file addresses
  std::string access;                // of segments: "r-x"
  std::vector<ElfField> fields;      // of the three header kinds
  const char* explain = "";
};

struct ElfPartsView {
  std::string kind;                   // "an x86-64 program at fixed addresses", "a script", "an empty file" …
  std::vector<std::string> problems;  // what is wrong with an ELF file, a sentence each; at most 8
  std::vector<ElfPart> parts;
};

/// At most 64 program and 96 section headers.
ElfPartsView elf_parts(std::span<const u8> file);

}  // namespace lucid::inspect
