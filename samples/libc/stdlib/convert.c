// SPDX-License-Identifier: MIT
// Text to numbers. Inaccuracy: strtod() is exact for up to 19 digits with a decimal exponent
// within ±22, and may be off in the last place beyond.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static int digit_value(char c) {
  if (isdigit(c)) return c - '0';
  if (isalpha(c)) return tolower(c) - 'a' + 10;
  return 99;
}

/// The sign and the digits; *overflow when they exceed 64 bits.
static unsigned long magnitude(const char* s, char** end, int base, int* negative, int* overflow) {
  const char* start = s;
  *overflow = 0;
  while (isspace(*s)) s++;
  *negative = *s == '-';
  if (*s == '-' || *s == '+') s++;
  int hexadecimal = s[0] == '0' && (s[1] | 32) == 'x' && digit_value(s[2]) < 16;
  if ((base == 0 || base == 16) && hexadecimal) s += 2, base = 16;
  if (base == 0) base = *s == '0' ? 8 : 10;
  unsigned long value = 0;
  const char* first_digit = s;
  for (; digit_value(*s) < base; s++)
    if (__builtin_mul_overflow(value, (unsigned long)base, &value) ||
        __builtin_add_overflow(value, (unsigned long)digit_value(*s), &value))
      *overflow = 1;
  if (end) *end = (char*)(s == first_digit ? start : s);
  return value;
}

long strtol(const char* restrict s, char** restrict end, int base) {
  int negative, overflow;
  unsigned long value = magnitude(s, end, base, &negative, &overflow);
  if (overflow || value > (unsigned long)LONG_MAX + (unsigned long)negative) {
    errno = ERANGE;
    return negative ? LONG_MIN : LONG_MAX;
  }
  return negative ? (long)-value : (long)value;
}

unsigned long strtoul(const char* restrict s, char** restrict end, int base) {
  int negative, overflow;
  unsigned long value = magnitude(s, end, base, &negative, &overflow);
  if (overflow) {
    errno = ERANGE;
    return ULONG_MAX;
  }
  return negative ? -value : value;
}

long long strtoll(const char* restrict s, char** restrict end, int base) { return strtol(s, end, base); }
unsigned long long strtoull(const char* restrict s, char** restrict end, int base) { return strtoul(s, end, base); }
int atoi(const char* s) { return (int)strtol(s, NULL, 10); }
long atol(const char* s) { return strtol(s, NULL, 10); }
double atof(const char* s) { return strtod(s, NULL); }

static double scaled(double value, int exponent) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  for (; exponent > 22 && value != 0; exponent -= 22) {
    value *= 1e22;
    if (value > 1.7976931348623157e308) return value;
  }
  for (; exponent < -22 && value != 0; exponent += 22) value /= 1e22;
  if (value == 0) return value;
  return exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
}

double strtod(const char* restrict s, char** restrict end) {
  const char* start = s;
  while (isspace(*s)) s++;
  int negative = *s == '-';
  if (*s == '-' || *s == '+') s++;
  unsigned long mantissa = 0;
  int exponent = 0, digits = 0, after_point = 0;
  for (;; s++) {
    if (*s == '.' && !after_point) {
      after_point = 1;
      continue;
    }
    if (!isdigit(*s)) break;
    digits++;
    if (mantissa < 1000000000000000000ul) {
      mantissa = mantissa * 10 + (unsigned long)(*s - '0');
      exponent -= after_point;
    } else {
      exponent += !after_point;
    }
  }
  if (!digits) {
    if (end) *end = (char*)start;
    return 0;
  }
  if ((*s | 32) == 'e' && (isdigit(s[1]) || ((s[1] == '-' || s[1] == '+') && isdigit(s[2])))) {
    char* after;
    long written = strtol(s + 1, &after, 10);
    exponent += written > 9999 ? 9999 : written < -9999 ? -9999 : (int)written;
    s = after;
  }
  if (end) *end = (char*)s;
  double value = scaled((double)mantissa, exponent);
  return negative ? -value : value;
}
