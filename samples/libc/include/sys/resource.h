// SPDX-License-Identifier: MIT
#pragma once
#include <sys/time.h>

#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_NOFILE 7
#define RLIM_INFINITY (~0ul)
#define RUSAGE_SELF 0
#define RUSAGE_CHILDREN (-1)

typedef unsigned long rlim_t;
struct rlimit {
  rlim_t rlim_cur, rlim_max;
};
struct rusage {
  struct timeval ru_utime, ru_stime;
  long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss, ru_minflt, ru_majflt, ru_nswap, ru_inblock, ru_oublock, ru_msgsnd,
      ru_msgrcv, ru_nsignals, ru_nvcsw, ru_nivcsw;
};
int getrlimit(int resource, struct rlimit* to);
int setrlimit(int resource, const struct rlimit* from);
int getrusage(int who, struct rusage* to);

#define PRIO_PROCESS 0
#define PRIO_PGRP 1
#define PRIO_USER 2
int setpriority(int which, unsigned who, int nice);
