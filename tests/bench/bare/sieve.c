// SPDX-License-Identifier: MIT
// Eratosthenes' sieve over a byte for each odd number below one million: strided stores, short loops.
#include "bare.h"

enum { limit = 1000000 };
static uint8_t composite[limit / 2];

uint64_t bench(uint64_t repeats) {
  uint64_t sum = 0;
  for (; repeats; repeats--) {
    for (unsigned i = 0; i < limit / 2; i++) composite[i] = 0;
    for (unsigned n = 3; n * n < limit; n += 2) {
      if (composite[n / 2]) continue;
      for (unsigned multiple = n * n; multiple < limit; multiple += 2 * n) composite[multiple / 2] = 1;
    }
    unsigned primes = 1;
    for (unsigned i = 1; i < limit / 2; i++) primes += !composite[i];
    sum = mix(sum, primes);
  }
  return sum;
}
