// SPDX-License-Identifier: MIT
// The structures of an ELF64 file as they lie in it. Source: System V gABI ch. 4 and 5.
#pragma once
#include "core/base/types.h"

namespace lucid::inspect::elf {

struct FileHeader {  // Elf64_Ehdr
  u8 ident[16];
  u16 type, machine;
  u32 version;
  u64 entry, program_headers, section_headers;
  u32 flags;
  u16 header_size, program_header_size, program_header_count, section_header_size, section_header_count, names;
};
static_assert(sizeof(FileHeader) == 64);

struct ProgramHeader {  // Elf64_Phdr
  u32 type, flags;
  u64 offset, address, physical, file_size, memory_size, alignment;
};
static_assert(sizeof(ProgramHeader) == 56);

struct SectionHeader {  // Elf64_Shdr
  u32 name, type;
  u64 flags, address, offset, size;
  u32 link, info;
  u64 alignment, entry_size;
};
static_assert(sizeof(SectionHeader) == 64);

struct SymbolEntry {  // Elf64_Sym
  u32 name;
  u8 info, other;
  u16 section;
  u64 value, size;
};
static_assert(sizeof(SymbolEntry) == 24);

}  // namespace lucid::inspect::elf
