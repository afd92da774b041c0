// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

struct timeval {
  time_t tv_sec;
  suseconds_t tv_usec;
};
struct itimerval {
  struct timeval it_interval, it_value;
};
#define ITIMER_REAL 0

int gettimeofday(struct timeval* restrict to, void* restrict zone);
int setitimer(int which, const struct itimerval* restrict value, struct itimerval* restrict old);
int getitimer(int which, struct itimerval* value);
