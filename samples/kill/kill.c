// SPDX-License-Identifier: MIT
// Watch: kill(2) only marks the target; the signal takes effect when the target is about to return
// to ring 3.
// kill [-SIGNAL | -s SIGNAL] PID…, kill -l
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char* name;
  int number;
} signals[] = {
#define S(name, number, text) {#name, number},
    LIBC_SIGNALS(S)
#undef S
};

static int parse(const char* name) {
  if (isdigit(*name)) return atoi(name);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    if (strcmp(name, signals[i].name) == 0 || strcmp(name, signals[i].name + 3) == 0) return signals[i].number;
  fprintf(stderr, "kill: %s: no such signal\n", name);
  exit(2);
}

int main(int argc, char** argv) {
  int number = SIGTERM, i = 1;
  if (argc == 2 && strcmp(argv[1], "-l") == 0) {
    for (size_t s = 0; s < sizeof signals / sizeof *signals; s++)
      printf("%2d %s\n", signals[s].number, signals[s].name);
    return 0;
  }
  if (argc > 2 && strcmp(argv[1], "-s") == 0) {
    number = parse(argv[2]);
    i = 3;
  } else if (argc > 1 && argv[1][0] == '-' && argv[1][1] != '-') {
    number = parse(argv[1] + 1);
    i = 2;
  }
  if (i < argc && strcmp(argv[i], "--") == 0) i++;
  if (i == argc) {
    fprintf(stderr, "usage: kill [-SIGNAL] PID..., kill -l\n");
    return 2;
  }
  int result = 0;
  for (; i < argc; i++) {
    char* end;
    pid_t pid = (pid_t)strtol(argv[i], &end, 10);
    if (*end || end == argv[i]) {
      fprintf(stderr, "kill: %s: not a process number\n", argv[i]);
      result = 1;
    } else if (kill(pid, number) < 0) {
      fprintf(stderr, "kill: %s: %s\n", argv[i], strerror(errno));
      result = 1;
    }
  }
  return result;
}
