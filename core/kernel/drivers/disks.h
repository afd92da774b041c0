// SPDX-License-Identifier: MIT
// The disks and their partitions, as block devices with the numbers and names of Linux: 3:0 is hda, 3:n is hdan.
// Partitions are the four primary ones of a master boot record.
#pragma once
#include "core/kernel/drivers/block_device.h"

namespace lucid::kernel {

constexpr u64 disk_major = 3;

/// Finds what there is; the first swap partition (type 82) is turned on. During boot, before anybody can sleep.
void setup_disks();
/// By name, "/dev/hda1" or "hda1"; null when there is none.
BlockDevice* find_disk(const char* name);
/// By device number (major << 8 | minor); null when there is none.
BlockDevice* find_disk(u64 device);
constexpr u64 disk_minors = 5;  // the disk and its partitions

}  // namespace lucid::kernel
