// SPDX-License-Identifier: MIT
// Which pages of files were changed. The processor notes a write through a mapping in the D bit of its entry; write(2)
// and whoever takes a mapping away note it in Frame::dirty.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// Takes the D bits of all entries that map a frame: was one set? The processor sets them again at the next write.
bool take_dirty_bits(u64 frame);

}  // namespace lucid::kernel
