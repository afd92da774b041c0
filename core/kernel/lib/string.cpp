// SPDX-License-Identifier: MIT
#include "core/kernel/lib/string.h"

extern "C" {

void* memcpy(void* to, const void* from, size_t size) {
  void* d = to;
  size_t words = size / 8, rest = size % 8;
  asm volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(words)::"memory");
  asm volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(rest)::"memory");
  return to;
}

void* memmove(void* to, const void* from, size_t size) {
  if (reinterpret_cast<uintptr_t>(to) - reinterpret_cast<uintptr_t>(from) >= size) return memcpy(to, from, size);
  char* d = static_cast<char*>(to) + size - 1;
  const char* s = static_cast<const char*>(from) + size - 1;
  asm volatile("std; rep movsb; cld" : "+D"(d), "+S"(s), "+c"(size)::"memory");
  return to;
}

void* memset(void* to, int byte, size_t size) {
  void* d = to;
  size_t words = size / 8, rest = size % 8;
  uint64_t pattern = 0x0101010101010101u * static_cast<uint8_t>(byte);
  asm volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
  asm volatile("rep stosb" : "+D"(d), "+c"(rest) : "a"(pattern) : "memory");
  return to;
}

int memcmp(const void* a, const void* b, size_t size) {
  auto p = static_cast<const uint8_t*>(a), q = static_cast<const uint8_t*>(b);
  for (size_t i = 0; i < size; i++)
    if (p[i] != q[i]) return p[i] < q[i] ? -1 : 1;
  return 0;
}

size_t strlen(const char* text) {
  size_t n = 0;
  while (text[n]) n++;
  return n;
}
}

namespace lucid::kernel {

bool equal(const char* a, const char* b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

u64 copy_string(char* to, const char* from, u64 capacity) {
  u64 n = 0;
  for (; n + 1 < capacity && from[n]; n++) to[n] = from[n];
  to[n] = 0;
  return n;
}

const char* find_char(const char* text, char wanted) {
  for (; *text; text++)
    if (*text == wanted) return text;
  return nullptr;
}

u64 parse_decimal(const char* text) {
  u64 value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (*text - '0');
  return value;
}

}  // namespace lucid::kernel
