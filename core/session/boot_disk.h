// SPDX-License-Identifier: MIT
// A disk that boots, in this machine and in any PC with a BIOS:
//
//   sector 0        boot sector, partition table
//   1 .. 63         partition 1, type DA, active: the loader; in its last 1024 bytes the kernel's command line
//   64 ..           partition 2, type DA: the kernel, an ELF file
//                   partition 3, type 83: the root archive, cpio
//                   partition 4, type 82: the swap area, if wanted
//
// Partitions start and end on pages; zeros fill them up.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace lucid::session {

struct BootDisk {
  std::span<const u8> boot_sector, loader;  // core/firmware
  std::span<const u8> kernel, root;
  std::string_view command_line;
  u64 swap_bytes = 0;  // whole pages
};

/// The number of the root archive's partition, for root=/dev/hdaN: then the loader leaves it where it is, and pages of it
/// come into memory as they are used.
constexpr char boot_disk_root = '3';

/// The whole image. The error says what does not fit.
Result<std::vector<u8>> make_boot_disk(const BootDisk& parts);

}  // namespace lucid::session
