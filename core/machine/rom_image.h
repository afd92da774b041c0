// SPDX-License-Identifier: MIT
// A ROM instead of a kernel: 4 KiB to 128 KiB of firmware (core/firmware/bios) that end at 1 MiB, where the processor
// starts after reset. Such a machine boots what is on its disk. The ROM lies in RAM and can be written.
#pragma once
#include "core/machine/boot_image.h"

namespace lucid::machine {

/// Whole pages, with a far jump at the reset vector, 16 bytes before the end.
bool is_rom(std::span<const u8> file);
Result<BootEntry> load_rom(mem::PhysicalMemory& ram, const BootFiles& files);

}  // namespace lucid::machine
