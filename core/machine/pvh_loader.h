// SPDX-License-Identifier: MIT
// Puts a kernel into RAM as a PVH boot loader does (Xen "x86/HVM direct boot ABI", which QEMU's
// -kernel follows): an ELF file's PT_LOAD segments at their physical addresses, the entry point
// from its note "Xen" type 18, and an HvmStartInfo with command line, modules and memory map.
//
//   0x6000 …  HvmStartInfo, HvmModules, memory map, command line (or the next free pages)
//   top of RAM, page-aligned: the modules
#pragma once
#include "core/machine/boot_image.h"
#include "core/machine/elf_kernel.h"

namespace lucid::machine {

/// `kernel` has a PVH entry.
Result<BootEntry> load_pvh(mem::PhysicalMemory& ram, const BootFiles& files, const ElfKernel& kernel);

}  // namespace lucid::machine
