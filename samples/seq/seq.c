// SPDX-License-Identifier: MIT
// seq [FIRST [STEP]] LAST
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    fprintf(stderr, "usage: seq [FIRST [STEP]] LAST\n");
    return 1;
  }
  long first = argc > 2 ? atol(argv[1]) : 1, step = argc > 3 ? atol(argv[2]) : 1, last = atol(argv[argc - 1]);
  if (step == 0) {
    fprintf(stderr, "seq: the step must not be 0\n");
    return 1;
  }
  for (long i = first; step > 0 ? i <= last : i >= last; i += step) printf("%ld\n", i);
  return 0;
}
