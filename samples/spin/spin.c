// SPDX-License-Identifier: MIT
// Watch: a program that never gives the processor away. Only the timer interrupt can take it: start
// two of them and see the kernel switch. (spin 10 & spin 10 &)
// spin [SECONDS]: for ever unless said otherwise; prints a dot every ten million rounds.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { rounds_per_check = 500000, checks_per_dot = 20 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  char* end = NULL;
  double seconds = argc > 1 ? strtod(argv[1], &end) : 0;
  if (argc > 2 || (end && (*end || end == argv[1]))) {
    fprintf(stderr, "usage: spin [SECONDS]\n");
    return 2;
  }
  double stop = now() + seconds;
  unsigned long checks = 0;
  while (argc == 1 || now() < stop) {
    for (volatile long round = 0; round < rounds_per_check; round++) {
    }
    if (++checks % checks_per_dot == 0) write(1, ".", 1);
  }
  printf("\nspin: process %d made %lu million rounds\n", getpid(), checks * rounds_per_check / 1000000);
  return 0;
}
