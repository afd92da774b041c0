// SPDX-License-Identifier: MIT
// Watch: nanosleep(2) takes the process off the run queue until the timer says it is time.
// sleep SECONDS…: fractions and sums allowed.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char** argv) {
  double total = 0;
  for (int i = 1; i < argc; i++) {
    char* end;
    double seconds = strtod(argv[i], &end);
    double unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : 1;
    if (end == argv[i] || (*end && (end[1] || (*end != 's' && unit == 1))) || seconds < 0) {
      fprintf(stderr, "sleep: invalid time interval '%s'\n", argv[i]);
      return 1;
    }
    total += seconds * unit;
  }
  if (argc < 2) {
    fprintf(stderr, "usage: sleep SECONDS...\n");
    return 1;
  }
  struct timespec left = {(time_t)total, (long)((total - (double)(time_t)total) * 1e9)};
  while (nanosleep(&left, &left) < 0 && errno == EINTR) {
  }
  return 0;
}
