// SPDX-License-Identifier: MIT
// A kernel of any kind into RAM, as the boot loader of its kind does it:
//
//   ELF with a PVH note           pvh_loader.h         32-bit entry, EBX = start info
//   ELF or flat, Multiboot header multiboot_loader.h   32-bit entry, EBX = Multiboot information
//   bzImage                       linux_loader.h       32-bit entry, ESI = zero page
//   vmlinux without a PVH note    linux_loader.h       64-bit entry, RSI = zero page
//   ROM                           rom_image.h          the reset vector; loads what is on the disk itself
//
// A 32-bit ELF file with both is booted by Multiboot, a 64-bit one by PVH, as QEMU does. Every file
// is hostile until checked: nothing is written unless everything fits.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/cpu/state.h"
#include "core/mem/physical_memory.h"

namespace lucid::machine {

constexpr u64 max_command_line = 4095;  // bytes, without the NUL

struct BootModule {
  std::span<const u8> bytes;
  std::string_view name;  // Multiboot hands it on
};

struct BootFiles {
  std::span<const u8> image;
  std::string_view image_name;      // the first word of a Multiboot command line
  std::vector<BootModule> modules;  // Linux takes them as one initrd
  std::string_view command_line;
};

struct BootEntry {
  cpu::State cpu;
  bool after_firmware = false;  // the devices are to be as firmware.h leaves them
};

/// The machine at the kernel's entry. An error is one line that begins with "kernel: ", "initrd: "
/// or "kernel command line: ".
Result<BootEntry> load_boot_image(mem::PhysicalMemory& ram, const BootFiles& files);

}  // namespace lucid::machine
