// SPDX-License-Identifier: MIT
// Checks that print one line each. What is printed depends on the check's name alone, so a run that
// behaves as Linux does prints the same bytes.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int checks, failures;

static void equal(const char* name, long got, long want) {
  checks++;
  if (got == want) {
    printf("ok %s\n", name);
  } else {
    failures++;
    printf("FAILED %s: got %ld (0x%lx), want %ld (0x%lx)\n", name, got, (unsigned long)got, want, (unsigned long)want);
  }
  fflush(stdout);
}

__attribute__((unused)) static void check(const char* name, int condition) { equal(name, !!condition, 1); }

/// A call that has to fail, and how.
__attribute__((unused)) static void fails(const char* name, long result, int want) {
  equal(name, result == -1 ? errno : 0, want);
}

__attribute__((unused)) static int finish(void) {
  printf("%s %d of %d\n", failures ? "FAILED" : "passed", checks - failures, checks);
  return failures != 0;
}

/// The raw wait status of one child.
__attribute__((unused)) static int status_of(pid_t pid) {
  int status = -1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// What a function does to a process: run in a child, its raw wait status.
__attribute__((unused)) static int in_child(void (*function)(void)) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    function();
    _exit(0);
  }
  return status_of(pid);
}

__attribute__((unused)) static void sleep_ms(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&t, &t) < 0 && errno == EINTR) {
  }
}
