// SPDX-License-Identifier: MIT
// Code and data that only booting needs. The linker script gathers them in pages of their own, which go back to the
// frame allocator, with the code of boot/entry.S before them, when init starts: nothing may refer to them afterwards.
#pragma once
#include "core/kernel/lib/types.h"

#define INIT_CODE [[gnu::section(".init.text"), gnu::noinline]]
#define INIT_DATA [[gnu::section(".init.data")]]

namespace lucid::kernel {

void free_init_memory();

}  // namespace lucid::kernel
