// SPDX-License-Identifier: MIT
// %e %f %g: exact. A finite double is m × 2^e, and every such number has a finite decimal expansion:
//   e >= 0:  the integer m × 2^e
//   e <  0:  m × 2^e = (m × 5^-e) / 10^-e, the integer m × 5^-e with -e digits after the point
// So one big integer gives all digits, and rounding (half to even) is decided on the true value.
#include <ctype.h>
#include <string.h>

#include "../stdio/format.h"

enum { limb_count = 90, limb_digits = 9, limb_base = 1000000000, max_digits = limb_count * limb_digits };

struct Decimal {  // 0.d0 d1 d2 … × 10^point
  int count, point;
  char digits[max_digits];
};

struct BigInteger {  // limbs in base 10^9, least significant first
  int count;
  unsigned limbs[limb_count];
};

/// factor <= limb_base, so that the last carry is one limb.
static void multiply(struct BigInteger* n, unsigned factor) {
  unsigned long carry = 0;
  for (int i = 0; i < n->count; i++) {
    carry += (unsigned long)n->limbs[i] * factor;
    n->limbs[i] = (unsigned)(carry % limb_base);
    carry /= limb_base;
  }
  if (carry) n->limbs[n->count++] = (unsigned)carry;
}

static void multiply_power(struct BigInteger* n, unsigned base, int exponent, unsigned step_power, int step) {
  for (; exponent >= step; exponent -= step) multiply(n, step_power);
  while (exponent-- > 0) multiply(n, base);
}

static void expand(struct Decimal* decimal, unsigned long mantissa, int exponent) {
  struct BigInteger n = {0};
  for (; mantissa; mantissa /= limb_base) n.limbs[n.count++] = (unsigned)(mantissa % limb_base);
  if (exponent >= 0)
    multiply_power(&n, 2, exponent, 1u << 29, 29);
  else
    multiply_power(&n, 5, -exponent, 244140625, 12);

  char* to = decimal->digits;
  for (int i = n.count; i-- > 0;)
    for (unsigned place = limb_base / 10, rest = n.limbs[i]; place; rest %= place, place /= 10)
      *to++ = (char)('0' + rest / place);
  decimal->count = (int)(to - decimal->digits);
  decimal->point = decimal->count + (exponent < 0 ? exponent : 0);
  int leading = 0;
  while (leading < decimal->count && decimal->digits[leading] == '0') leading++;
  decimal->count -= leading;
  decimal->point = decimal->count ? decimal->point - leading : 1;
  memmove(decimal->digits, decimal->digits + leading, (size_t)decimal->count);
}

/// Keeps `keep` digits, rounding half to even.
static void round_to(struct Decimal* decimal, int keep) {
  if (keep >= decimal->count) return;
  if (keep < 0) {
    decimal->count = 0;
    return;
  }
  int up = decimal->digits[keep] > '5';
  if (decimal->digits[keep] == '5') {
    up = keep > 0 && (decimal->digits[keep - 1] & 1);
    for (int i = keep + 1; i < decimal->count; i++) up |= decimal->digits[i] != '0';
  }
  decimal->count = keep;
  if (!up) return;
  int i = keep;
  while (i > 0 && decimal->digits[i - 1] == '9') decimal->digits[--i] = '0';
  if (i > 0) {
    decimal->digits[i - 1]++;
    return;
  }
  decimal->digits[0] = '1';  // 99… became 100…
  if (decimal->count == 0) decimal->count = 1;
  decimal->point++;
}

struct Text {
  size_t length;
  char bytes[1600];
};

static void add(struct Text* text, char c) {
  if (text->length < sizeof text->bytes) text->bytes[text->length++] = c;
}

/// The digit at a decimal place: 0 is just left of the point, -1 just right of it.
static char digit_at(const struct Decimal* decimal, int place) {
  int index = decimal->point - 1 - place;
  return index >= 0 && index < decimal->count ? decimal->digits[index] : '0';
}

static void write_fixed(struct Text* text, const struct Decimal* decimal, int precision, int always_point) {
  for (int place = decimal->point > 1 ? decimal->point - 1 : 0; place >= 0; place--)
    add(text, digit_at(decimal, place));
  if (precision > 0 || always_point) add(text, '.');
  for (int place = 1; place <= precision; place++) add(text, digit_at(decimal, -place));
}

static void write_scientific(struct Text* text, const struct Decimal* decimal, int precision, int always_point,
                             char letter) {
  for (int i = 0; i <= precision; i++) {
    add(text, i < decimal->count ? decimal->digits[i] : '0');
    if (i == 0 && (precision > 0 || always_point)) add(text, '.');
  }
  int exponent = decimal->count ? decimal->point - 1 : 0;
  add(text, letter);
  add(text, exponent < 0 ? '-' : '+');
  if (exponent < 0) exponent = -exponent;
  if (exponent >= 100) add(text, (char)('0' + exponent / 100));
  add(text, (char)('0' + exponent / 10 % 10));
  add(text, (char)('0' + exponent % 10));
}

/// %g: the shorter style for the magnitude, without trailing zeros.
static void write_general(struct Text* text, struct Decimal* decimal, int precision, int alternate, char letter) {
  if (precision == 0) precision = 1;
  round_to(decimal, precision);
  int exponent = decimal->count ? decimal->point - 1 : 0;
  int digits = precision;
  if (!alternate) {
    digits = decimal->count;
    while (digits > 1 && decimal->digits[digits - 1] == '0') digits--;
    if (digits < 1) digits = 1;
  }
  if (exponent < -4 || exponent >= precision)
    write_scientific(text, decimal, digits - 1, alternate, letter);
  else
    write_fixed(text, decimal, digits - 1 - exponent > 0 ? digits - 1 - exponent : 0, alternate);
}

void libc_format_double(struct Sink* sink, const struct Spec* original, double value) {
  struct Spec spec = *original;
  unsigned long bits;
  memcpy(&bits, &value, sizeof bits);
  const char* sign = bits >> 63 ? "-" : spec.plus ? "+" : spec.space ? " " : "";
  unsigned long fraction = bits & 0xfffffffffffff;
  int biased = (int)(bits >> 52 & 0x7ff);
  int upper = isupper(spec.conversion);
  if (biased == 0x7ff) {
    spec.zero = 0;
    libc_put_number(sink, &spec, sign, fraction ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"), 3);
    return;
  }
  struct Decimal decimal;
  if (biased)
    expand(&decimal, fraction | 1ul << 52, biased - 1075);
  else
    expand(&decimal, fraction, -1074);

  int precision = spec.precision < 0 ? 6 : spec.precision > 1200 ? 1200 : spec.precision;
  struct Text text = {0};
  switch (tolower(spec.conversion)) {
    case 'f':
      round_to(&decimal, decimal.point + precision);
      write_fixed(&text, &decimal, precision, spec.alternate);
      break;
    case 'e':
      round_to(&decimal, precision + 1);
      write_scientific(&text, &decimal, precision, spec.alternate, upper ? 'E' : 'e');
      break;
    default: write_general(&text, &decimal, precision, spec.alternate, upper ? 'E' : 'e');
  }
  libc_put_number(sink, &spec, sign, text.bytes, text.length);
}
