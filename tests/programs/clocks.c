// SPDX-License-Identifier: MIT
// Time passes, and sleeping takes at least as long as asked.
#include "check.h"

static double now(clockid_t clock) {
  struct timespec t = {0, 0};
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void) {
  double start = now(CLOCK_MONOTONIC);
  struct timespec t = {0, 30000000};
  equal("nanosleep", nanosleep(&t, NULL), 0);
  double slept = now(CLOCK_MONOTONIC) - start;
  check("slept as long as asked", slept >= 0.03);
  check("and not much longer", slept < 2);
  int backwards = 0;
  for (double last = start, next; last < start + 0.06; last = next) backwards += (next = now(CLOCK_MONOTONIC)) < last;
  equal("the clock never goes back", backwards, 0);
  t.tv_nsec = 1000000000;
  fails("too many nanoseconds", nanosleep(&t, NULL), EINVAL);
  t = (struct timespec){-1, 0};
  fails("less than nothing", nanosleep(&t, NULL), EINVAL);
  check("time and clock_gettime agree", (double)time(NULL) - now(CLOCK_REALTIME) < 2 && time(NULL) > 0);
  struct timeval v;
  check("gettimeofday", gettimeofday(&v, NULL) == 0 && v.tv_usec >= 0 && v.tv_usec < 1000000);
  fails("no such clock", clock_gettime(77, &t), EINVAL);

  pid_t spinner = fork();
  if (spinner == 0)
    for (;;) {
    }
  t = (struct timespec){0, 50000000};
  nanosleep(&t, NULL);
  equal("a spinning process does not keep others from waking", kill(spinner, SIGKILL), 0);
  equal("it can be ended", status_of(spinner), SIGKILL);
  return finish();
}
