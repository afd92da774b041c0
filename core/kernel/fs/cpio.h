// SPDX-License-Identifier: MIT
// The boot archive: cpio "newc", several one after the other, later entries replacing earlier ones.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// Fills the root file system. Files keep referring to the archive's bytes: nothing is copied.
/// Returns the number of entries.
u64 unpack_archive(const u8* bytes, u64 size);

}  // namespace lucid::kernel
