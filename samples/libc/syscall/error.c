// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include "raw.h"

int errno;

long libc_result(long answer) {
  if (answer < 0 && answer >= -4095) {
    errno = (int)-answer;
    return -1;
  }
  return answer;
}

/// Numbers and their messages; the messages lie one after the other, each closed by a NUL.
#define E(name, number, text) number,
static const unsigned char numbers[] = {LIBC_ERRORS(E)};
#undef E
#define E(name, number, text) text "\0"
static const char messages[] = LIBC_ERRORS(E);
#undef E

char* strerror(int number) {
  if (number == 0) return "Success";
  const char* message = messages;
  for (size_t i = 0; i < sizeof numbers; i++, message += strlen(message) + 1)
    if (numbers[i] == number) return (char*)message;
  return "Unknown error";
}
