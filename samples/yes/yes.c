// SPDX-License-Identifier: MIT
// Watch: a writer that never stops. In "yes | head" the pipe fills, yes sleeps in write(2), and when
// head is gone the next write gets SIGPIPE.
// yes [STRING…]
#include <stdio.h>

int main(int argc, char** argv) {
  for (;;) {
    if (argc < 2) fputs("y", stdout);
    for (int i = 1; i < argc; i++) {
      if (i > 1) putchar(' ');
      fputs(argv[i], stdout);
    }
    if (putchar('\n') == EOF) return 1;
  }
}
