// SPDX-License-Identifier: MIT
// The kernel's own mappings, in place of those that boot/entry.S made to get here.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// Drops the identity map; the direct map becomes data, in pages of 1 GiB where there is that much memory and the
/// processor has them (gbpages: in any case, nogbpages: never), else of 2 MiB; the image is mapped in pages of 4 KiB,
/// of which only the text can be executed and only data can be written.
void finish_kernel_tables(u64 memory_end);

}  // namespace lucid::kernel
