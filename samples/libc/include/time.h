// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2

struct timespec {
  time_t tv_sec;
  long tv_nsec;
};
struct tm {
  int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};

time_t time(time_t* to);
int clock_gettime(clockid_t clock, struct timespec* to);
int clock_getres(clockid_t clock, struct timespec* to);
int nanosleep(const struct timespec* wanted, struct timespec* left);
struct tm* gmtime(const time_t* when);
struct tm* gmtime_r(const time_t* restrict when, struct tm* restrict to);
size_t strftime(char* restrict to, size_t size, const char* restrict format, const struct tm* restrict when);
