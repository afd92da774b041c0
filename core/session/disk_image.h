// SPDX-License-Identifier: MIT
// A disk for our kernel: a partition with the root archive, which it mounts when told root=/dev/hda1, and one to
// swap on, prepared as mkswap(8) does.
#pragma once
#include <span>
#include <vector>

#include "core/base/types.h"

namespace lucid::session {

struct DiskPlan {
  /// cpio "newc", later ones laid over earlier ones; empty = no such partition.
  std::vector<std::span<const u8>> root = {};
  u64 swap_bytes = 0;  // whole pages; 0 = no such partition
};

struct DiskImage {
  std::vector<u8> bytes;  // the beginning; zeros follow
  u64 size = 0;
};

/// Partitions in the order of the plan. Files begin with a sector, so that a page is read by one command into its
/// frame.
DiskImage make_disk(const DiskPlan& plan);

/// The first partition that holds a root archive, whoever made the disk; empty when there is none.
std::span<const u8> root_on_disk(std::span<const u8> disk);
/// The ELF file in the partition that a loader takes the kernel from (boot_disk.h); empty when there is none.
std::span<const u8> kernel_on_disk(std::span<const u8> disk);

}  // namespace lucid::session
