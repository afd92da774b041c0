// SPDX-License-Identifier: MIT
#include "core/kernel/lib/format.h"

#include "core/kernel/lib/string.h"

namespace lucid::kernel {
namespace {

class Output {
 public:
  Output(char* out, u64 capacity) : out_(out), capacity_(capacity) {}
  void put(char c) {
    if (length_ + 1 < capacity_) out_[length_++] = c;
  }
  void padded(const char* text, u64 length, u64 width, bool left, char fill) {
    if (!left)
      for (u64 i = length; i < width; i++) put(fill);
    for (u64 i = 0; i < length; i++) put(text[i]);
    if (left)
      for (u64 i = length; i < width; i++) put(' ');
  }
  u64 finish() {
    if (capacity_) out_[length_] = 0;
    return length_;
  }

 private:
  char* out_;
  u64 capacity_, length_ = 0;
};

/// Digits of `value` at the end of buffer[24]; returns the first.
char* digits(char* end, u64 value, u32 base) {
  *--end = "0123456789abcdef"[value % base];
  while (value /= base) *--end = "0123456789abcdef"[value % base];
  return end;
}

}  // namespace

u64 format_va(char* buffer, u64 capacity, const char* f, va_list arguments) {
  Output out(buffer, capacity);
  for (; *f; f++) {
    if (*f != '%') {
      out.put(*f);
      continue;
    }
    bool left = false, wide = false;
    char fill = ' ';
    u64 width = 0;
    for (f++; *f == '-' || *f == '0'; f++) {
      if (*f == '-') left = true;
      if (*f == '0') fill = '0';
    }
    for (; *f >= '0' && *f <= '9'; f++) width = width * 10 + (*f - '0');
    for (; *f == 'l'; f++) wide = true;
    char number[24], *end = number + sizeof number, *first = end;
    switch (*f) {
      case 'd': {
        i64 value = wide ? va_arg(arguments, i64) : va_arg(arguments, i32);
        first = digits(end, value < 0 ? -static_cast<u64>(value) : value, 10);
        if (value < 0) *--first = '-';
        break;
      }
      case 'u':
        first = digits(end, wide ? va_arg(arguments, u64) : va_arg(arguments, u32), 10);
        break;
      case 'x':
        first = digits(end, wide ? va_arg(arguments, u64) : va_arg(arguments, u32), 16);
        break;
      case 'o':
        first = digits(end, wide ? va_arg(arguments, u64) : va_arg(arguments, u32), 8);
        break;
      case 'p':
        first = digits(end, va_arg(arguments, u64), 16);
        break;
      case 'c':
        *--first = static_cast<char>(va_arg(arguments, int));
        break;
      case 's': {
        const char* text = va_arg(arguments, const char*);
        out.padded(text, strlen(text), width, left, ' ');
        continue;
      }
      case 0:
        return out.finish();
      default:
        *--first = *f;
    }
    out.padded(first, end - first, width, left, fill);
  }
  return out.finish();
}

u64 format(char* out, u64 capacity, const char* f, ...) {
  va_list arguments;
  va_start(arguments, f);
  u64 n = format_va(out, capacity, f, arguments);
  va_end(arguments);
  return n;
}

}  // namespace lucid::kernel
