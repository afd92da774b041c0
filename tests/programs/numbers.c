// SPDX-License-Identifier: MIT
// printf and strto*: the expected output is glibc's.
#include "check.h"

static void doubles(void) {
  static const double values[] = {0,
                                  1,
                                  -1,
                                  0.5,
                                  0.1,
                                  2.5,
                                  3.5,
                                  1e10,
                                  123456.789,
                                  1e-5,
                                  1e100,
                                  1.7976931348623157e308,
                                  5e-324,
                                  2.2250738585072014e-308,
                                  0.15,
                                  0.25,
                                  0.35,
                                  99999.5,
                                  9.5,
                                  99.95,
                                  1e15,
                                  1e16,
                                  123456789012345678.0,
                                  0.000123456};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    double v = values[i];
    printf("%f %e %g|%.0f %.1f %.2f %.10g %.17g|%10.3f|%-12.4e|%+g|% g|%08.2f|%#g|%#.0f\n", v, v, v, v, v, v, v, v, v,
           v, v, v, v, v, v);
  }
  printf("%.60f\n%.30e\n", 0.1, 1.0 / 3);
  printf("%f %F %e %g %5.1f|%-8f|\n", 1e308 * 10, -1e308 * 10, 1e308 * 10, 1e308 * 10, 1e308 * 10, 1e308 * 10);
}

static void integers(void) {
  static const long values[] = {0,
                                1,
                                -1,
                                42,
                                255,
                                123456789,
                                -123456789,
                                2147483647,
                                -2147483647 - 1,
                                0x7fffffffffffffff,
                                -0x7fffffffffffffff - 1};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    long v = values[i];
    printf("%ld %lu %lx %lX %lo %#lx %#lo|%20ld|%-20ld|%020ld|%+ld|% ld|%.5ld|%10.5ld|%-10.5ld|\n", v, v, v, v, v, v, v,
           v, v, v, v, v, v, v, v);
    printf("%d %u %x %hd %hhd %hu %hhu\n", (int)v, (unsigned)v, (unsigned)v, (short)v, (signed char)v,
           (unsigned short)v, (unsigned char)v);
  }
  printf("[%.0d] [%.0x] [%5.0d] [%lld] [%zu] [%jd] [%td]\n", 0, 0, 0, 1ll << 40, sizeof(int), (intmax_t)5,
         (ptrdiff_t)-5);
}

static void text(void) {
  printf("[%s] [%10s] [%-10s] [%.2s] [%10.2s] [%-10.2s] [%.0s] [%c] [%5c] [%-5c] [%%]\n", "text", "text", "text",
         "text", "text", "text", "text", 'c', 'c', 'c');
  printf("[%*d] [%-*d] [%.*f] [%*.*f] [%*d]\n", 6, 42, 6, 42, 3, 3.14159, 10, 2, 2.71828, -6, 42);
  printf("%p %p\n", (void*)0x1234, NULL);
  char buffer[8];
  printf("%d ", snprintf(buffer, sizeof buffer, "%s", "longer than that"));
  printf("[%s] %d\n", buffer, snprintf(NULL, 0, "%d", 12345));
}

static void parsing(void) {
  static const char* const inputs[] = {"42",
                                       "  -17x",
                                       "0x1fz",
                                       "010",
                                       "",
                                       "-",
                                       "99999999999999999999",
                                       "-99999999999999999999",
                                       "+7",
                                       "0x",
                                       "z",
                                       "1e3",
                                       "9223372036854775807"};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    char* end;
    for (int base = 0; base <= 36; base = base == 0 ? 10 : base == 10 ? 16 : base + 20) {
      errno = 0;
      long value = strtol(inputs[i], &end, base);
      printf("%ld@%d%s ", value, (int)(end - inputs[i]), errno == ERANGE ? "!" : "");
    }
    errno = 0;
    unsigned long value = strtoul(inputs[i], &end, 10);
    printf("%lu%s\n", value, errno == ERANGE ? "!" : "");
  }
  static const char* const reals[] = {"3.14159", "-2.5e3", ".5", "5.", "1e22", "1e-22", "123456789012345678",
                                      "0.1",     "1e",     "e1"};
  for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
    char* end;
    double value = strtod(reals[i], &end);
    printf("%.17g@%d ", value, (int)(end - reals[i]));
  }
  printf("\n");
}

static void arithmetic(void) {
  double sum = 0, product = 1, x = 0.5;
  for (int i = 1; i <= 1000; i++) sum += 1.0 / i;
  for (int i = 1; i <= 170; i++) product *= i;
  for (int i = 0; i < 100; i++) x = 3.7 * x * (1 - x);
  printf("%.17g %.17g %.17g\n", sum, product, x);
  volatile double big = 1e18, negative = -7.9;
  volatile float single = 0.1f;
  printf("%ld %d %u %.17g %.9g %d %d\n", (long)big, (int)negative, (unsigned)-negative, (double)single, single * 3,
         big > negative, negative != negative);
  volatile long large = 0x7fffffffffffffff;
  volatile unsigned long unsigned_large = ~0ul;
  printf("%.17g %.17g %ld\n", (double)large, (double)unsigned_large, (long)(double)(large >> 11));
}

int main(void) {
  doubles();
  integers();
  text();
  parsing();
  arithmetic();
  return 0;
}
