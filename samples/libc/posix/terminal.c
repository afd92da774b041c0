// SPDX-License-Identifier: MIT
// Terminals: everything is an ioctl.
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int tcgetattr(int fd, struct termios* to) { return ioctl(fd, TCGETS, to); }
int tcsetattr(int fd, int when, const struct termios* from) { return ioctl(fd, (unsigned long)(TCSETS + when), from); }

int isatty(int fd) {
  struct termios settings;
  return tcgetattr(fd, &settings) == 0;
}

pid_t tcgetpgrp(int fd) {
  pid_t group;
  return ioctl(fd, TIOCGPGRP, &group) < 0 ? -1 : group;
}

int tcsetpgrp(int fd, pid_t group) { return ioctl(fd, TIOCSPGRP, &group); }
