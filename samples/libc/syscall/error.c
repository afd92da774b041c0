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

char* strerror(int number) {
  switch (number) {
    case 0: return "Success";
#define E(name, number, text) \
  case number: return text;
      LIBC_ERRORS(E)
#undef E
    default: return "Unknown error";
  }
}
