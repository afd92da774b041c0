// SPDX-License-Identifier: MIT
// ELF-64 as far as running programs needs it (System V gABI, ch. 4 and 5; x86-64 psABI).
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel::elf {

struct Header {
  u8 identification[16];
  u16 type, machine;
  u32 version;
  u64 entry, program_headers, section_headers;
  u32 flags;
  u16 header_size, program_header_size, program_header_count, section_header_size, section_header_count, names_index;
};
static_assert(sizeof(Header) == 64);

struct ProgramHeader {
  u32 type, flags;
  u64 offset, address, physical, file_size, memory_size, alignment;
};
static_assert(sizeof(ProgramHeader) == 56);

constexpr u16 executable = 2, shared_object = 3, machine_x86_64 = 62;
constexpr u8 class_64 = 2, little_endian = 1;
constexpr u32 load = 1, interpreter = 3, phdr = 6, gnu_stack = 0x6474e551;
constexpr u32 may_execute = 1, may_write = 2, may_read = 4;

/// Auxiliary vector.
namespace aux {
constexpr u64 null = 0, execfd = 2, phdr = 3, phent = 4, phnum = 5, pagesz = 6, base = 7, flags = 8, entry = 9,
              uid = 11, euid = 12, gid = 13, egid = 14, platform = 15, hwcap = 16, clktck = 17, secure = 23,
              random = 25, hwcap2 = 26, execfn = 31, sysinfo_ehdr = 33, minsigstksz = 51;
constexpr u64 flag_preserve_argv0 = 1;  // in AT_FLAGS
}  // namespace aux

}  // namespace lucid::kernel::elf
