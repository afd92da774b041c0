// SPDX-License-Identifier: MIT
// Reads ELF64 files of the kernel and of programs for display: segments and symbols. A file may be
// malformed in any way; what cannot be read is left out or named as the error.
// Source: System V gABI ch. 4 and 5, x86-64 psABI.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace lucid::inspect {

enum class ElfType : u16 { executable = 2, shared = 3 };  // ET_EXEC, ET_DYN

struct ElfSegment {
  u32 type = 0;   // PT_LOAD = 1 …
  u32 flags = 0;  // PF_X = 1, PF_W = 2, PF_R = 4
  u64 offset = 0, address = 0, physical = 0, file_size = 0, memory_size = 0;
};

struct ElfSymbol {
  u64 address = 0;
  u64 size = 0;      // 0 = up to the next symbol
  std::string name;  // demangled
  bool function = false;
  bool global = false;
};

/// A program or kernel: its layout, and its symbols sorted by address, one per address.
struct ElfImage {
  ElfType type = ElfType::executable;
  u64 entry = 0;
  std::string interpreter;  // PT_INTERP, "" = static
  std::vector<ElfSegment> segments;
  std::vector<ElfSymbol> symbols;

  /// The symbol that covers an address (of the file, not relocated), or null.
  const ElfSymbol* covering(u64 address) const;
  const ElfSymbol* named(std::string_view name) const;
};

/// Fails on files that Linux would refuse to execute on x86-64, with the reason; damaged section
/// headers or symbol tables only cost the symbols.
Result<ElfImage> read_elf(std::span<const u8> file);

/// Contents of the section of this name; empty when there is none, or it is compressed.
std::span<const u8> elf_section(std::span<const u8> file, std::string_view name);

/// Why this file cannot run, in one line for a person ("a text file", "for another machine
/// (AArch64)", "truncated …"), or nothing when it is an x86-64 executable or a script with "#!".
std::optional<std::string> why_not_executable(std::span<const u8> file);

}  // namespace lucid::inspect
