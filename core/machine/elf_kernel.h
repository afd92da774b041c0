// SPDX-License-Identifier: MIT
// What a boot loader needs from a kernel's ELF file, checked (System V gABI; psABIs for i386 and x86-64).
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace lucid::machine {

struct KernelSegment {
  std::span<const u8> bytes;  // of the file, at most memory_size
  Gpa at;
  u64 linked_at = 0;    // its virtual address
  u64 memory_size = 0;  // the rest is zero; at + memory_size does not overflow
  u64 end() const { return at.value + memory_size; }
};

struct ElfKernel {
  std::vector<KernelSegment> segments;  // by address, not empty, none overlapping, none in the hole below 1 MiB
  bool is_64 = false;                   // the class of the file
  u64 entry = 0;                        // e_entry, as a physical address where a segment says how
  std::optional<u32> pvh_entry;         // from the note "Xen", type 18

  bool contains(u64 address) const;  // inside a segment
};

bool is_elf(std::span<const u8> file);

/// ELF32 for i386 or ELF64 for x86-64.
Result<ElfKernel> parse_elf_kernel(std::span<const u8> file);

}  // namespace lucid::machine
