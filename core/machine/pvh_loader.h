// SPDX-License-Identifier: MIT
// Puts a kernel into RAM as a PVH boot loader does (Xen "x86/HVM direct boot ABI", which QEMU's
// -kernel follows): an ELF64 file's PT_LOAD segments at their physical addresses, the entry point
// from its note "Xen" type 18, and an HvmStartInfo with command line, modules and memory map.
//
//   0x6000  HvmStartInfo, HvmModule, memory map      1 MiB …  the kernel's segments
//   0x7000  command line                             top of RAM, page-aligned: the initrd
//
// Every file is hostile until checked: nothing is written unless everything fits.
#pragma once
#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/mem/physical_memory.h"

namespace lucid::machine {

constexpr u64 max_command_line = 4095;  // bytes, without the NUL

struct PvhEntry {
  u32 entry = 0;
  Gpa start_info;
};

Result<PvhEntry> load_pvh(mem::PhysicalMemory& ram, std::span<const u8> kernel, std::span<const u8> initrd,
                          std::string_view command_line);

}  // namespace lucid::machine
