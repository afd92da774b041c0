// SPDX-License-Identifier: MIT
// date [+FORMAT]: the time in UTC, as strftime(3) writes it.
#include <stdio.h>
#include <time.h>

int main(int argc, char** argv) {
  const char* format = argc > 1 && argv[1][0] == '+' ? argv[1] + 1 : "%a %b %e %H:%M:%S UTC %Y";
  char text[256];
  time_t now = time(NULL);
  strftime(text, sizeof text, format, gmtime(&now));
  puts(text);
  return 0;
}
