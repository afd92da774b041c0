// SPDX-License-Identifier: MIT
// Watch: the stack's mapping grows downwards, page by page, because touching the page below it faults
// and the kernel extends it — up to the limit (RLIMIT_STACK), where the answer is SIGSEGV.
// stackgrow [KIB]: how deep to go, 256 unless said otherwise.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { step = 16, report_every = 64 };  // KiB

/// One call, 16 KiB of stack: touches every page of it.
static void descend(long depth, long kib) {
  volatile char room[step << 10];
  for (int at = sizeof room - 1; at > 0; at -= 4096) room[at] = 1;
  if (depth % report_every == 0) printf("%6ld KiB deeper it is    %p\n", depth, (void*)room);
  if (depth < kib) descend(depth + step, kib);
  room[0] = 0;  // something left to do after the call: it must not become a loop
}

int main(int argc, char** argv) {
  long kib = argc > 1 ? atol(argv[1]) : 256;
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    printf("the stack may grow to %lu KiB\n", limit.rlim_cur >> 10);
  struct rusage before = {0}, after = {0};
  getrusage(RUSAGE_SELF, &before);
  char top;
  printf("main's variables are at  %p\n", (void*)&top);
  descend(step, kib);
  getrusage(RUSAGE_SELF, &after);
  if (after.ru_minflt > before.ru_minflt) printf("page faults: %ld\n", after.ru_minflt - before.ru_minflt);
  return 0;
}
