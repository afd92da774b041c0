// SPDX-License-Identifier: MIT
// The kernel's heap: objects up to 2 KiB come from frames cut into one size each; larger ones are
// runs of frames. `new` and `delete` use it; without memory they give null. Compilers take it that the
// plain `new` never does (clang 14 knows no -fcheck-new) and construct at address 0: objects that
// can be many come from `new (or_null)` or derive from Counted.
#pragma once
#include "core/kernel/lib/types.h"

inline void* operator new(size_t, void* place) noexcept { return place; }

namespace lucid::kernel {

void* allocate(u64 size);
void deallocate(void* pointer);

enum OrNull { or_null };

}  // namespace lucid::kernel

inline void* operator new(size_t size, lucid::kernel::OrNull) noexcept { return lucid::kernel::allocate(size); }
