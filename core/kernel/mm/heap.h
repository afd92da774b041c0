// SPDX-License-Identifier: MIT
// The kernel's heap: objects up to 2 KiB come from frames cut into one size each; larger ones are
// runs of frames. `new` and `delete` use it; without memory they give null.
#pragma once
#include "core/kernel/lib/types.h"

inline void* operator new(size_t, void* place) noexcept { return place; }

namespace lucid::kernel {

void* allocate(u64 size);
void deallocate(void* pointer);

}  // namespace lucid::kernel
