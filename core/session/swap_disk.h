// SPDX-License-Identifier: MIT
// A disk with one partition of type 0x82, prepared as mkswap(8) does: for machines that shall swap
// and need nothing else of a disk.
#pragma once
#include <vector>

#include "core/base/types.h"

namespace lucid::session {

/// The bytes of its beginning: partition table and swap header; zeros follow.
std::vector<u8> swap_disk_head(u64 swap_bytes);
/// Of the whole disk, bytes.
u64 swap_disk_size(u64 swap_bytes);

}  // namespace lucid::session
