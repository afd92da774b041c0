// SPDX-License-Identifier: MIT
// Process 1: what of booting is done by a task, because it may sleep.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// The archive with the root file system, physical; size 0 = none.
struct Archive {
  u64 start = 0, size = 0;
};
/// Before kernel_init runs.
void set_boot_archive(const Archive& archive);

/// The function of PID 1. Returns to user code, in the program that is init, or not at all.
void kernel_init(u64);

}  // namespace lucid::kernel
