// SPDX-License-Identifier: MIT
// Recursive calls: Fibonacci's numbers and Takeuchi's function; calls, returns, pushes, pops.
#include "bare.h"

__attribute__((noinline)) static uint64_t fibonacci(unsigned n) {
  if (n < 2) return n;
  uint64_t first = fibonacci(n - 1);
  // Seen by the compiler as a use of memory: it must not make a loop of the second call.
  __asm__ volatile("" : : : "memory");
  return first + fibonacci(n - 2);
}

__attribute__((noinline)) static int takeuchi(int x, int y, int z) {
  if (y >= x) return z;
  int a = takeuchi(x - 1, y, z), b = takeuchi(y - 1, z, x), c = takeuchi(z - 1, x, y);
  __asm__ volatile("" : : : "memory");
  int result = takeuchi(a, b, c);
  __asm__ volatile("" : "+r"(result));
  return result;
}

uint64_t bench(uint64_t repeats) {
  uint64_t sum = 0;
  for (; repeats; repeats--) sum = mix(mix(sum, fibonacci(22)), (uint64_t)takeuchi(14, 8, 2));
  return sum;
}
