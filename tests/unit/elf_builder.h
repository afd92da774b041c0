// SPDX-License-Identifier: MIT
// Writes small ELF64 kernels with a PVH note, field by field from the gABI's tables, so that the
// loader under test and its input share no code.
#pragma once
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace lucid::test {

using Bytes = std::vector<u8>;

template <typename T>
void put(Bytes& out, size_t at, T value) {
  if (out.size() < at + sizeof value) out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

/// Offsets of fields tests like to spoil.
namespace elf {
constexpr size_t ident_class = 4, type = 16, machine = 18, phoff = 32, phentsize = 54, phnum = 56;
constexpr size_t load = 64, note = 120;  // the two program headers
constexpr size_t p_type = 0, p_offset = 8, p_paddr = 24, p_filesz = 32, p_memsz = 40;
constexpr size_t note_bytes = 176, code = 256;
}  // namespace elf

/// One PT_LOAD with `code` at physical `at`, entered at its first byte.
inline Bytes pvh_kernel(const Bytes& code, u64 at = 0x100000, u64 bss = 0) {
  Bytes f(elf::code + code.size());
  std::memcpy(f.data(),
              "\x7f"
              "ELF\x02\x01\x01",
              7);
  put<u16>(f, elf::type, 2), put<u16>(f, elf::machine, 62), put<u32>(f, 20, 1), put<u64>(f, 24, at);
  put<u64>(f, elf::phoff, 64), put<u16>(f, 52, 64), put<u16>(f, elf::phentsize, 56), put<u16>(f, elf::phnum, 2);
  put<u32>(f, elf::load, 1), put<u32>(f, elf::load + 4, 7), put<u64>(f, elf::load + elf::p_offset, elf::code);
  put<u64>(f, elf::load + 16, at), put<u64>(f, elf::load + elf::p_paddr, at);
  put<u64>(f, elf::load + elf::p_filesz, code.size()), put<u64>(f, elf::load + elf::p_memsz, code.size() + bss);
  put<u32>(f, elf::note, 4), put<u64>(f, elf::note + elf::p_offset, elf::note_bytes);
  put<u64>(f, elf::note + elf::p_filesz, 20), put<u64>(f, elf::note + elf::p_memsz, 20);
  put<u32>(f, elf::note_bytes, 4), put<u32>(f, elf::note_bytes + 4, 4), put<u32>(f, elf::note_bytes + 8, 18);
  std::memcpy(f.data() + elf::note_bytes + 12, "Xen", 4);
  put<u32>(f, elf::note_bytes + 16, static_cast<u32>(at));
  std::copy(code.begin(), code.end(), f.begin() + elf::code);
  return f;
}

}  // namespace lucid::test
