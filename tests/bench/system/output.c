// SPDX-License-Identifier: MIT
// output COUNT: that many pieces of 64 KiB of text to standard output.
#include <stdlib.h>
#include <unistd.h>

static char text[65536];

int main(int argc, char** argv) {
  for (size_t i = 0; i < sizeof text; i++) text[i] = i % 64 == 63 ? '\n' : (char)('0' + i % 64);
  for (long count = argc > 1 ? atol(argv[1]) : 1; count > 0; count--)
    for (size_t done = 0; done < sizeof text;) {
      ssize_t written = write(1, text + done, sizeof text - done);
      if (written <= 0) return 1;
      done += (size_t)written;
    }
  return 0;
}
