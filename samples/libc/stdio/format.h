// SPDX-License-Identifier: MIT
// The engine of the printf family: text goes piece by piece to a sink.
#pragma once
#include <stdarg.h>
#include <stddef.h>

struct Sink {
  void (*put)(struct Sink* sink, const char* text, size_t length);
  size_t total;  // bytes produced so far, written or not
};

struct Spec {  // one conversion: %[flags][width][.precision][length]conversion
  int left, plus, space, alternate, zero;
  int width;
  int precision;  // -1 when not given
  int size;       // bytes of an integer argument
  char conversion;
};

void libc_format(struct Sink* sink, const char* format, va_list args);
/// sign, prefix and digits, padded to the width.
void libc_put_number(struct Sink* sink, const struct Spec* spec, const char* prefix, const char* digits, size_t length);
/// Weak: linked only into programs that ask for it (CMakeLists.txt, DOUBLES); others stay small.
void libc_format_double(struct Sink* sink, const struct Spec* spec, double value) __attribute__((weak));

static inline void sink_put(struct Sink* sink, const char* text, size_t length) {
  if (length) sink->put(sink, text, length);
  sink->total += length;
}
