// SPDX-License-Identifier: MIT
// The string instructions with a REP prefix, each over 64 KiB: an element is what its suffix says.
// Built four times: REP_MOVS (8 bytes), REP_STOS (8 bytes), REP_SCAS (1 byte), REP_CMPS (1 byte).
#include "bare.h"

enum { bytes = 65536 };
static uint8_t from[bytes] __attribute__((aligned(4096))), to[bytes] __attribute__((aligned(4096)));

static uint64_t once(uint64_t round) {
  const void* si = from;
  void* di = to;
  uint64_t count;
#if defined REP_MOVS
  count = bytes / 8;
  __asm__ volatile("rep movsq" : "+S"(si), "+D"(di), "+c"(count) : : "memory");
#elif defined REP_STOS
  count = bytes / 8;
  __asm__ volatile("rep stosq" : "+D"(di), "+c"(count) : "a"(round) : "memory");
#elif defined REP_SCAS
  count = bytes;
  to[bytes - 1] = 255;
  __asm__ volatile("repne scasb" : "+D"(di), "+c"(count) : "a"(255) : "memory", "cc");
#elif defined REP_CMPS
  count = bytes;
  __asm__ volatile("repe cmpsb" : "+S"(si), "+D"(di), "+c"(count) : : "memory", "cc");
#endif
  return count + (uint64_t)((const uint8_t*)si - from) + (uint64_t)((uint8_t*)di - to) + to[round % bytes];
}

uint64_t bench(uint64_t repeats) {
  uint64_t sum = 0;
#if defined REP_MOVS
  for (int i = 0; i < bytes; i++) from[i] = (uint8_t)(i * 7);
#endif
  for (; repeats; repeats--) sum = mix(sum, once(repeats));
  return sum;
}
