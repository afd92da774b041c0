// SPDX-License-Identifier: MIT
// Memory and string functions. The mem* family is also what the compiler calls on its own.
#pragma once
#include "core/kernel/lib/types.h"

extern "C" {
void* memcpy(void* to, const void* from, size_t size);
void* memmove(void* to, const void* from, size_t size);
void* memset(void* to, int byte, size_t size);
int memcmp(const void* a, const void* b, size_t size);
size_t strlen(const char* text);
}

namespace lucid::kernel {

bool equal(const char* a, const char* b);
/// Copies with truncation; always ends with NUL. Returns the characters copied.
u64 copy_string(char* to, const char* from, u64 capacity);
const char* find_char(const char* text, char wanted);
/// Decimal digits at `text`; stops at the first other character.
u64 parse_decimal(const char* text);

}  // namespace lucid::kernel
