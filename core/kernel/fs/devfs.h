// SPDX-License-Identifier: MIT
// Device nodes: which driver a device number names, and what /dev holds from the start.
#pragma once
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

constexpr u64 device_number(u64 major, u64 minor) { return major << 8 | minor; }

/// A node with this mode and device number; one without a driver refuses to be opened.
Result<Ref<Inode>> make_device(u32 file_mode, u64 device);

void populate_dev();

}  // namespace lucid::kernel
