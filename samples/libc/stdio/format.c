// SPDX-License-Identifier: MIT
// printf(3)'s conversions, doubles aside.
#include "format.h"

#include <ctype.h>
#include <string.h>

static void put_repeated(struct Sink* sink, char c, int count) {
  for (; count > 0; count--) sink_put(sink, &c, 1);
}

void libc_put_number(struct Sink* sink, const struct Spec* spec, const char* prefix, const char* digits,
                     size_t length) {
  int padding = spec->width - (int)(strlen(prefix) + length);
  if (!spec->left && !spec->zero) put_repeated(sink, ' ', padding);
  sink_put(sink, prefix, strlen(prefix));
  if (!spec->left && spec->zero) put_repeated(sink, '0', padding);
  sink_put(sink, digits, length);
  if (spec->left) put_repeated(sink, ' ', padding);
}

static void put_text(struct Sink* sink, const struct Spec* spec, const char* text, size_t length) {
  if (!spec->left) put_repeated(sink, ' ', spec->width - (int)length);
  sink_put(sink, text, length);
  if (spec->left) put_repeated(sink, ' ', spec->width - (int)length);
}

/// Digits of an integer with at least `precision` of them (0 with precision 0 has none).
static void put_integer(struct Sink* sink, struct Spec* spec, unsigned long value, unsigned base, const char* prefix) {
  char buffer[128];
  char *end = buffer + sizeof buffer, *digits = end;
  const char* alphabet = spec->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  for (unsigned long rest = value; rest; rest /= base) *--digits = alphabet[rest % base];
  int wanted = spec->precision < 0 ? 1 : spec->precision > 120 ? 120 : spec->precision;
  if (spec->conversion == 'o' && spec->alternate && end - digits >= wanted) wanted = (int)(end - digits) + 1;
  while (end - digits < wanted) *--digits = '0';
  if (spec->precision >= 0) spec->zero = 0;
  libc_put_number(sink, spec, prefix, digits, (size_t)(end - digits));
}

static long signed_argument(const struct Spec* spec, va_list* args) {
  switch (spec->size) {
    case 1: return (signed char)va_arg(*args, int);
    case 2: return (short)va_arg(*args, int);
    case 4: return va_arg(*args, int);
    default: return va_arg(*args, long);
  }
}

static unsigned long unsigned_argument(const struct Spec* spec, va_list* args) {
  switch (spec->size) {
    case 1: return (unsigned char)va_arg(*args, int);
    case 2: return (unsigned short)va_arg(*args, int);
    case 4: return va_arg(*args, unsigned);
    default: return va_arg(*args, unsigned long);
  }
}

static const char* parse_flags(struct Spec* spec, const char* format) {
  for (;; format++) {
    switch (*format) {
      case '-': spec->left = 1; continue;
      case '+': spec->plus = 1; continue;
      case ' ': spec->space = 1; continue;
      case '#': spec->alternate = 1; continue;
      case '0': spec->zero = 1; continue;
      default: return format;
    }
  }
}

static const char* parse_count(int* count, const char* format, va_list* args) {
  if (*format == '*') {
    *count = va_arg(*args, int);
    return format + 1;
  }
  for (*count = 0; isdigit(*format); format++)
    if (*count < 100000000) *count = *count * 10 + (*format - '0');
  return format;
}

static const char* parse_size(struct Spec* spec, const char* format) {
  spec->size = sizeof(int);
  for (;; format++) {
    switch (*format) {
      case 'h': spec->size = spec->size == 2 ? 1 : 2; continue;
      case 'l':
      case 'j':
      case 'z':
      case 't':
      case 'q': spec->size = sizeof(long); continue;
      default: return format;
    }
  }
}

/// Reads one conversion's specification; returns what follows it.
static const char* parse(struct Spec* spec, const char* format, va_list* args) {
  *spec = (struct Spec){.precision = -1};
  format = parse_flags(spec, format);
  format = parse_count(&spec->width, format, args);
  if (spec->width < 0) {
    spec->left = 1;
    spec->width = -spec->width;
  }
  if (*format == '.') format = parse_count(&spec->precision, format + 1, args);
  if (spec->left) spec->zero = 0;
  format = parse_size(spec, format);
  spec->conversion = *format;
  return *format ? format + 1 : format;
}

static void convert(struct Sink* sink, struct Spec* spec, va_list* args) {
  switch (spec->conversion) {
    case 'd':
    case 'i': {
      long value = signed_argument(spec, args);
      const char* sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
      put_integer(sink, spec, value < 0 ? -(unsigned long)value : (unsigned long)value, 10, sign);
      return;
    }
    case 'u': put_integer(sink, spec, unsigned_argument(spec, args), 10, ""); return;
    case 'o': put_integer(sink, spec, unsigned_argument(spec, args), 8, ""); return;
    case 'x':
    case 'X': {
      unsigned long value = unsigned_argument(spec, args);
      const char* prefix = !spec->alternate || !value ? "" : spec->conversion == 'x' ? "0x" : "0X";
      put_integer(sink, spec, value, 16, prefix);
      return;
    }
    case 'p': {
      unsigned long value = va_arg(*args, unsigned long);
      if (value)
        put_integer(sink, spec, value, 16, "0x");
      else
        put_text(sink, spec, "(nil)", 5);
      return;
    }
    case 'c': {
      char c = (char)va_arg(*args, int);
      put_text(sink, spec, &c, 1);
      return;
    }
    case 's': {
      const char* text = va_arg(*args, const char*);
      if (!text) text = "(null)";
      put_text(sink, spec, text, strnlen(text, spec->precision < 0 ? (size_t)-1 : (size_t)spec->precision));
      return;
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      double value = va_arg(*args, double);
      if (libc_format_double)
        libc_format_double(sink, spec, value);
      else
        put_text(sink, spec, "(no doubles)", 12);
      return;
    }
    case '%': sink_put(sink, "%", 1); return;
    default:  // not ours: shown as written
      sink_put(sink, "%", 1);
      if (spec->conversion) sink_put(sink, &spec->conversion, 1);
  }
}

void libc_format(struct Sink* sink, const char* format, va_list args) {
  va_list rest;
  va_copy(rest, args);
  while (*format) {
    size_t plain = strcspn(format, "%");
    sink_put(sink, format, plain);
    format += plain;
    if (!*format) break;
    struct Spec spec;
    format = parse(&spec, format + 1, &rest);
    convert(sink, &spec, &rest);
  }
  va_end(rest);
}
