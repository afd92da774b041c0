// SPDX-License-Identifier: MIT
// printf-like formatting: %d %u %x %lx %s %c %p %%, with width, '0' and '-'. %d, %u and %x take
// 32-bit values, with `l` 64-bit ones.
#pragma once
#include <stdarg.h>

#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// Writes at most capacity - 1 characters and a NUL; returns the characters written.
u64 format_va(char* out, u64 capacity, const char* format, va_list arguments);
[[gnu::format(printf, 3, 4)]] u64 format(char* out, u64 capacity, const char* format, ...);

}  // namespace lucid::kernel
