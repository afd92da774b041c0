// SPDX-License-Identifier: MIT
// Watch: floating point is done by the SSE2 instructions in the xmm registers (addsd, mulsd, divsd,
// sqrtsd, cvtsi2sd), rounded as IEEE 754 says; printf() turns the bits into decimal digits exactly.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double square_root(double x) {
  __asm__("sqrtsd %1, %0" : "=x"(x) : "x"(x));
  return x;
}

static double sine(double x) {  // Taylor; enough for small x
  double term = x, sum = x;
  for (int n = 1; n < 20; n++) {
    term *= -x * x / ((2 * n) * (2 * n + 1));
    sum += term;
  }
  return sum;
}

static double exponential(double x) {
  double term = 1, sum = 1;
  for (int n = 1; n < 40; n++) {
    term *= x / n;
    sum += term;
  }
  return sum;
}

/// Machin: pi/4 = 4 atan(1/5) - atan(1/239).
static double arc_tangent_of_inverse(int n) {
  double power = 1.0 / n, sum = 0;
  for (int k = 1; k < 60; k += 2) {
    sum += (k & 2 ? -power : power) / k;
    power /= (double)n * n;
  }
  return sum;
}

static void show_bits(double value) {
  unsigned long bits;
  memcpy(&bits, &value, sizeof bits);
  printf("%24.17g  sign %lu  exponent %4ld  fraction %013lx\n", value, bits >> 63, (long)(bits >> 52 & 0x7ff) - 1023,
         bits & 0xfffffffffffff);
}

int main(void) {
  printf("%4s %10s %10s %12s %12s\n", "x", "sqrt x", "1/x", "sin(x/10)", "exp(x/10)");
  for (int x = 1; x <= 10; x++)
    printf("%4d %10.6f %10.6f %12.9f %12.9f\n", x, square_root(x), 1.0 / x, sine(x / 10.0), exponential(x / 10.0));

  printf("\npi    = %.15f\n", 16 * arc_tangent_of_inverse(5) - 4 * arc_tangent_of_inverse(239));
  printf("0.1+0.2 = %.17g, is %s0.3\n", 0.1 + 0.2, 0.1 + 0.2 == 0.3 ? "" : "not ");
  printf("1/3   = %.20f\n", 1.0 / 3);
  printf("2^70  = %.0f = %g = %e\n", 1180591620717411303424.0, 1180591620717411303424.0, 1180591620717411303424.0);
  volatile double zero = 0;
  printf("1/0   = %f, -1/0 = %f, 0/0 is %s\n\n", 1 / zero, -1 / zero,
         zero / zero == zero / zero ? "a number" : "no number");

  show_bits(1);
  show_bits(-2.5);
  show_bits(0.1);
  show_bits(1e308);
  show_bits(5e-324);
  show_bits(strtod("3.14159265358979", NULL));
  return 0;
}
