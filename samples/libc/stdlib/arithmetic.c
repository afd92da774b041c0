// SPDX-License-Identifier: MIT
#include <stdlib.h>

static unsigned long random_state = 1;

void srand(unsigned seed) { random_state = seed; }

/// Knuth's MMIX linear congruence; the high bits are the good ones.
int rand(void) {
  random_state = random_state * 6364136223846793005ul + 1442695040888963407ul;
  return (int)(random_state >> 33);
}

int abs(int value) { return value < 0 ? -value : value; }
long labs(long value) { return value < 0 ? -value : value; }
div_t div(int numerator, int denominator) { return (div_t){numerator / denominator, numerator % denominator}; }
ldiv_t ldiv(long numerator, long denominator) { return (ldiv_t){numerator / denominator, numerator % denominator}; }
