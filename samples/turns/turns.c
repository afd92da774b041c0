// SPDX-License-Identifier: MIT
// Watch: spinning programs that share the processor. How long each one's turn is, and who is next, is the
// scheduler's policy: echo fair > /proc/sys/kernel/sched (rr, latency, fair, eevdf, coop), then run this
// again and compare the lengths of the slices on the timeline.
// turns [-y] [SECONDS [NICE]...]: a spinner for each nice level (three of level 0 unless said otherwise),
// for so many seconds (1); tells what each one got. -y: they offer the processor to the others now and then.
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_spinners = 32, rounds_per_look = 2000 };

struct spinner {
  pid_t pid;
  int nice;
  long used;  // microseconds
};

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void spin_until(long stop, int yields) {
  while (now() < stop) {
    for (volatile int round = 0; round < rounds_per_look; round++) {
    }
    if (yields) sched_yield();
  }
}

static int number(const char* text, long least, long most, long* value) {
  char* end;
  errno = 0;
  *value = strtol(text, &end, 10);
  return !errno && end != text && !*end && *value >= least && *value <= most;
}

static pid_t start(int nice, long stop, int yields) {
  pid_t pid = fork();
  if (pid) return pid;
  if (setpriority(PRIO_PROCESS, 0, nice) < 0) {
    fprintf(stderr, "turns: nice level %d: %s\n", nice, strerror(errno));
    _exit(1);
  }
  spin_until(stop, yields);
  _exit(0);
}

static void wait_for(struct spinner* spinners, int count) {
  struct rusage usage;
  for (int left = count; left; left--) {
    pid_t pid = wait4(-1, NULL, 0, &usage);
    for (int i = 0; i < count; i++)
      if (spinners[i].pid == pid)
        spinners[i].used =
            (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  }
}

int main(int argc, char** argv) {
  struct spinner spinners[most_spinners] = {{0}};
  int yields = argc > 1 && strcmp(argv[1], "-y") == 0, count = argc - 2 - yields;
  long seconds = 1, level;
  char** arguments = argv + 1 + yields;
  if (count >= 0 && (count > most_spinners || !number(arguments[0], 1, 3600, &seconds))) {
    fprintf(stderr, "usage: turns [-y] [SECONDS [NICE]...]\n");
    return 2;
  }
  if (count <= 0) count = 3;
  for (int i = 0; i < count && argc - 2 - yields > 0; i++) {
    if (!number(arguments[1 + i], -20, 19, &level)) {
      fprintf(stderr, "turns: %s: a nice level is a number from -20 to 19\n", arguments[1 + i]);
      return 2;
    }
    spinners[i].nice = (int)level;
  }
  long stop = now() + seconds * 1000000, total = 0;
  for (int i = 0; i < count; i++)
    if ((spinners[i].pid = start(spinners[i].nice, stop, yields)) < 0) {
      perror("turns: fork");
      return 1;
    }
  wait_for(spinners, count);
  for (int i = 0; i < count; i++) total += spinners[i].used;
  for (int i = 0; i < count; i++)
    printf("nice %3d: %6ld ms, %3ld %%\n", spinners[i].nice, spinners[i].used / 1000,
           total ? (100 * spinners[i].used + total / 2) / total : 0);
  return 0;
}
