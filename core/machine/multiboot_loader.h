// SPDX-License-Identifier: MIT
// Multiboot, version 1 (the specification 0.6.96): a header in the first 8 KiB of the file, an entry in
// 32-bit protected mode with EAX = 0x2badb002 and EBX = the Multiboot information: memory sizes and
// map, command line (the image's name first), modules, the loader's name. Also ELF64 files are taken.
//
// Not offered: a graphics mode (header flag 2 is ignored), drives, APM, the kernel's symbol tables.
#pragma once
#include <optional>

#include "core/machine/boot_image.h"
#include "core/machine/elf_kernel.h"

namespace lucid::machine {

struct MultibootHeader {
  u64 offset = 0;  // in the file
  u32 flags = 0;
  u32 header_address = 0, load_address = 0, load_end = 0, bss_end = 0, entry = 0;  // if has_addresses()

  bool has_addresses() const { return flags >> 16 & 1; }  // a flat image: the header says what goes where
};

std::optional<MultibootHeader> find_multiboot_header(std::span<const u8> image);

Result<BootEntry> load_multiboot_elf(mem::PhysicalMemory& ram, const BootFiles& files, const ElfKernel& kernel);
Result<BootEntry> load_multiboot_flat(mem::PhysicalMemory& ram, const BootFiles& files, const MultibootHeader& header);

}  // namespace lucid::machine
