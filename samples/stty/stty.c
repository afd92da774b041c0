// SPDX-License-Identifier: MIT
// stty [size | rows N | cols N | [-]echo]...: the terminal on standard input.
// Watch: the kernel only keeps the size; to whom it makes a difference it says so by SIGWINCH, once it is another one:
//   trap 'stty size' WINCH; while true; do read line; done
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int fail(const char* what, const char* why) {
  fprintf(stderr, "stty: %s: %s\n", what, why);
  return 1;
}

int main(int argc, char** argv) {
  struct winsize size;
  struct termios settings;
  if (ioctl(0, TIOCGWINSZ, &size) < 0 || tcgetattr(0, &settings) < 0) return fail("standard input", strerror(errno));
  if (argc == 1)
    printf("speed 115200 baud; rows %d; columns %d;\n%secho\n", size.ws_row, size.ws_col,
           settings.c_lflag & ECHO ? "" : "-");
  for (int i = 1; i < argc; i++) {
    const char* word = argv[i];
    if (strcmp(word, "size") == 0) {
      printf("%d %d\n", size.ws_row, size.ws_col);
    } else if (strcmp(word, "echo") == 0 || strcmp(word, "-echo") == 0) {
      settings.c_lflag = *word == '-' ? settings.c_lflag & ~ECHO : settings.c_lflag | ECHO;
      if (tcsetattr(0, TCSADRAIN, &settings) < 0) return fail(word, strerror(errno));
    } else if (strcmp(word, "rows") == 0 || strcmp(word, "cols") == 0) {
      char* end = "missing";
      long number = ++i < argc ? strtol(argv[i], &end, 10) : 0;
      if (*end || number < 0 || number > 65535) return fail(word, "wants a number up to 65535");
      *(*word == 'r' ? &size.ws_row : &size.ws_col) = number;
      if (ioctl(0, TIOCSWINSZ, &size) < 0) return fail(word, strerror(errno));
    } else {
      return fail(word, "there are size, rows N, cols N, echo and -echo");
    }
  }
  return 0;
}
