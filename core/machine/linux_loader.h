// SPDX-License-Identifier: MIT
// Linux by its own boot protocol (Documentation/arch/x86/boot.rst in its sources):
//
//   bzImage  version 2.02 or newer, loaded at 1 MiB, entered there in 32-bit protected mode
//   vmlinux  its segments at their physical addresses, entered in 64-bit mode with the first 4 GiB
//            mapped one to one; for kernels without a PVH note
//
// Both get a "zero page" with the memory map, command line and initrd, and descriptors 0x10 (code)
// and 0x18 (data). The initrd lies as high as the kernel allows.
#pragma once
#include "core/machine/boot_image.h"
#include "core/machine/elf_kernel.h"

namespace lucid::machine {

bool is_bzimage(std::span<const u8> image);
Result<BootEntry> load_bzimage(mem::PhysicalMemory& ram, const BootFiles& files);

/// `kernel` is a 64-bit one.
Result<BootEntry> load_vmlinux(mem::PhysicalMemory& ram, const BootFiles& files, const ElfKernel& kernel);

}  // namespace lucid::machine
