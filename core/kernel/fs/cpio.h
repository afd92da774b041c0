// SPDX-License-Identifier: MIT
// The root archive: cpio "newc", several one after the other, later entries replacing earlier ones.
#pragma once
#include "core/kernel/fs/archive_bytes.h"

namespace lucid::kernel {

/// Lays an archive over what is in the root file system: reads headers, names and the targets of links. Files
/// keep referring to the archive's bytes: nothing is copied. Returns the number of entries. May sleep.
u64 unpack_archive(ArchiveBytes& archive);

}  // namespace lucid::kernel
