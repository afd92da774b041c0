// SPDX-License-Identifier: MIT
// Blocks of bytes. The processor has instructions for the two common ones: with DF clear, as the
// ABI promises, REP MOVSB copies rcx bytes from [rsi] to [rdi] and REP STOSB fills them with al.
#include <string.h>

void* memcpy(void* restrict to, const void* restrict from, size_t count) {
  void* end = to;
  __asm__ volatile("rep movsb" : "+D"(end), "+S"(from), "+c"(count) : : "memory");
  return to;
}

void* memset(void* to, int byte, size_t count) {
  void* end = to;
  __asm__ volatile("rep stosb" : "+D"(end), "+c"(count) : "a"(byte) : "memory");
  return to;
}

void* memmove(void* to, const void* from, size_t count) {
  char* destination = to;
  const char* source = from;
  if (destination <= source || destination >= source + count) return memcpy(to, from, count);
  while (count--) destination[count] = source[count];  // overlapping: the last byte first
  return to;
}

int memcmp(const void* a, const void* b, size_t count) {
  const unsigned char *x = a, *y = b;
  for (; count; count--, x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

void* memchr(const void* in, int byte, size_t count) {
  const unsigned char* p = in;
  for (; count; count--, p++)
    if (*p == (unsigned char)byte) return (void*)p;
  return NULL;
}
