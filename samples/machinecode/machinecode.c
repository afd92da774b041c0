// SPDX-License-Identifier: MIT
// What to watch: two instructions of five bytes each, 05 00 02 00 00, which add 512 to EAX (count.S). They lie in
// memory like any other bytes: change one before it is due, and the program counts otherwise.
#include <stdio.h>

int count(int start);

int main(void) {
  printf("%d\n", count(1000));
  return 0;
}
