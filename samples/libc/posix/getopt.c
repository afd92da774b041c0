// SPDX-License-Identifier: MIT
// Command-line options (getopt(3), POSIX order: the first operand ends them).
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char* optarg;
int optind = 1, opterr = 1, optopt;

int getopt(int argc, char* const argv[], const char* options) {
  static int within;  // position inside a group such as -la
  if (!within) {
    if (optind >= argc || argv[optind][0] != '-' || !argv[optind][1]) return -1;
    if (strcmp(argv[optind], "--") == 0) return optind++, -1;
    within = 1;
  }
  const char* group = argv[optind];
  optopt = group[within++];
  const char* known = optopt == ':' ? NULL : strchr(options, optopt);
  const char* rest = group + within;
  if (!*rest) within = 0, optind++;
  if (!known) {
    if (opterr) fprintf(stderr, "%s: invalid option -- '%c'\n", argv[0], optopt);
    return '?';
  }
  if (known[1] != ':') return optopt;
  if (*rest)
    optarg = (char*)rest, within = 0, optind++;
  else if (optind < argc)
    optarg = argv[optind++];
  else {
    if (opterr) fprintf(stderr, "%s: option requires an argument -- '%c'\n", argv[0], optopt);
    return '?';
  }
  return optopt;
}
