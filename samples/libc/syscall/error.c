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

static const struct {
  unsigned char number;
  char text[38];
} messages[] = {
#define E(name, number, text) {number, text},
    {0, "Success"}, LIBC_ERRORS(E)
#undef E
};

char* strerror(int number) {
  for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
    if (messages[i].number == number) return (char*)messages[i].text;
  return "Unknown error";
}
