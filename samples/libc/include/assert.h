// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#undef assert
#define assert(condition) \
  ((condition) ? (void)0 : (fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition), abort()))
