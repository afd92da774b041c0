// SPDX-License-Identifier: MIT
// Watch: the screen obeys escape sequences: ESC [ H goes to the corner, ESC [ 2 J erases.
#include <unistd.h>

int main(void) {
  static const char sequence[] = "\033[H\033[2J\033[3J";
  return write(1, sequence, sizeof sequence - 1) < 0;
}
