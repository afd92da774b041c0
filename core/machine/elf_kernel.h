// SPDX-License-Identifier: MIT
// What a boot loader needs from a kernel's ELF64 file, checked (System V gABI; psABI for x86-64).
#pragma once
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace lucid::machine {

struct KernelSegment {
  std::span<const u8> bytes;  // of the file, at most memory_size
  Gpa at;
  u64 memory_size = 0;  // the rest is zero; at + memory_size does not overflow
  u64 end() const { return at.value + memory_size; }
};

struct ElfKernel {
  std::vector<KernelSegment> segments;  // by address, not empty, none overlapping
  u32 entry = 0;                        // inside a segment
};

Result<ElfKernel> parse_elf_kernel(std::span<const u8> file);

}  // namespace lucid::machine
