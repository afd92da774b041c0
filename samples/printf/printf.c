// SPDX-License-Identifier: MIT
// printf FORMAT [ARG…]: %d %i %u %o %x %X %c %s %b %% with flags, width and precision; the format is
// used again while arguments are left.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char** argument;
static int used_any, result;

static const char* next_argument(void) {
  if (!*argument) return NULL;
  used_any = 1;
  return *argument++;
}

/// Prints the character of an escape after its backslash and returns what follows. "\c" ends all output.
static const char* print_escape(const char* s, int zero_prefix) {
  static const char letters[] = "abefnrtv\\\"'", codes[] = "\a\b\033\f\n\r\t\v\\\"'";
  const char* found = *s ? strchr(letters, *s) : NULL;
  if (found) {
    putchar(codes[found - letters]);
    return s + 1;
  }
  if (*s == 'c') exit(fflush(stdout) ? 1 : result);
  if (*s >= '0' && *s <= '7') {
    int value = 0, most = zero_prefix && *s == '0' ? 4 : 3;
    for (; most-- && *s >= '0' && *s <= '7'; s++) value = value * 8 + (*s - '0');
    putchar(value);
    return s;
  }
  putchar('\\');
  return s;
}

static long number(const char* text) {
  if (!text) return 0;
  if (*text == '\'' || *text == '"') return (unsigned char)text[1];
  char* end;
  long value = strtol(text, &end, 0);
  if (end == text || *end) {
    fprintf(stderr, "printf: '%s': expected a numeric value\n", text);
    result = 1;
  }
  return value;
}

/// One conversion, from its percent sign on; returns what follows it.
static const char* convert(const char* format) {
  char spec[32];
  size_t length = 0;
  spec[length++] = *format++;
  while (*format && strchr("-+ #0123456789.*", *format) && length < sizeof spec - 14) {
    if (*format == '*') {
      length += (size_t)snprintf(spec + length, 12, "%d", (int)number(next_argument()));
      format++;
    } else {
      spec[length++] = *format++;
    }
  }
  char conversion = *format;
  if (!conversion || !strchr("diuoxXcsb%", conversion)) {
    fprintf(stderr, "printf: %%%c: invalid conversion\n", conversion ? conversion : ' ');
    exit(1);
  }
  if (conversion == '%') {
    putchar('%');
  } else if (conversion == 'b') {
    for (const char* s = next_argument(); s && *s;)
      if (*s == '\\')
        s = print_escape(s + 1, 1);
      else
        putchar(*s++);
  } else if (conversion == 'c' || conversion == 's') {
    const char* text = next_argument();
    if (!text) text = "";
    strcpy(spec + length, conversion == 'c' ? ".1s" : "s");
    printf(spec, text);
  } else {
    snprintf(spec + length, 4, "l%c", conversion);
    printf(spec, number(next_argument()));
  }
  return format + 1;
}

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: printf FORMAT [ARG...]\n");
    return 2;
  }
  argument = argv + 2;
  do {
    used_any = 0;
    for (const char* s = argv[1]; *s;) {
      if (*s == '\\')
        s = print_escape(s + 1, 0);
      else if (*s == '%')
        s = convert(s);
      else
        putchar(*s++);
    }
  } while (*argument && used_any);
  return fflush(stdout) ? 1 : result;
}
