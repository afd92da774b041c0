// SPDX-License-Identifier: MIT
// What the build put into this executable: the kernel, the root archive, their source lines, the firmware.
#pragma once
#include <span>

#include "core/base/types.h"

namespace lucid::cli {

std::span<const u8> builtin_kernel();
std::span<const u8> builtin_root();
std::span<const u8> builtin_source_pack();
/// core/firmware: the ROM of a machine that boots from its disk, and what that disk begins with.
std::span<const u8> builtin_bios();
std::span<const u8> builtin_boot_sector();
std::span<const u8> builtin_loader();
std::span<const u8> builtin_scenes();

}  // namespace lucid::cli
