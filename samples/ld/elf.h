// SPDX-License-Identifier: MIT
// What a loader needs of the ELF format (gABI, chapters 4 and 5; x86-64 psABI, 4.4 and 5.2).
#pragma once
#include <stdint.h>

struct ElfHeader {
  unsigned char ident[16];  // 7f 'E' 'L' 'F', then 2: 64 bits
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, program_headers_at, sections_at;
  uint32_t flags;
  uint16_t header_size, program_header_size, program_header_count, section_header_size, section_count, names_section;
};
#define ELF_SHARED 3   // type: can be loaded anywhere
#define ELF_X86_64 62  // machine

/// One segment: what the file wants to have in memory.
struct ProgramHeader {
  uint32_t type, flags;
  uint64_t offset, address, physical, file_size, memory_size, alignment;
};
#define SEGMENT_LOAD 1
#define SEGMENT_DYNAMIC 2
#define SEGMENT_HEADERS 6  // where the program headers themselves will lie
#define SEGMENT_EXECUTE 1  // flags
#define SEGMENT_WRITE 2
#define SEGMENT_READ 4

/// The dynamic section: pairs that tell the loader where everything is; addresses are the file's.
struct Dynamic {
  int64_t tag;
  uint64_t value;
};
enum {
  DYNAMIC_END = 0,
  DYNAMIC_NEEDED = 1,      // name of a library, a place in the strings
  DYNAMIC_JUMPS_SIZE = 2,  // bytes of DYNAMIC_JUMPS
  DYNAMIC_GOT = 3,         // the global offset table's part for functions
  DYNAMIC_HASH = 4,
  DYNAMIC_STRINGS = 5,
  DYNAMIC_SYMBOLS = 6,
  DYNAMIC_RELOCATIONS = 7,
  DYNAMIC_RELOCATIONS_SIZE = 8,
  DYNAMIC_JUMPS = 23,  // relocations of functions' slots, which may wait
  DYNAMIC_INIT_ARRAY = 25,
  DYNAMIC_INIT_ARRAY_SIZE = 27,
};

struct Symbol {
  uint32_t name;
  unsigned char info, other;  // info: binding << 4 | type
  uint16_t section;           // 0: somebody else has it
  uint64_t value, size;
};
#define SYMBOL_WEAK 2  // binding: it may be missing

struct Relocation {
  uint64_t where;
  uint32_t type, symbol;
  int64_t addend;
};
enum { RELOCATE_64 = 1, RELOCATE_GOT = 6, RELOCATE_JUMP_SLOT = 7, RELOCATE_RELATIVE = 8 };
