// SPDX-License-Identifier: MIT
// Every way to end, and what wait tells about it.
#include "check.h"

static volatile int code;
static void exit_code(void) { _exit(code); }
static void return_from_exit(void) { exit(code); }
static void by_signal(void) { kill(getpid(), code); }
static void by_abort(void) { abort(); }
static void divide(void) {
  volatile int one = 1, zero = 0;  // 1 / zero would become a comparison
  code = one / zero;
}
static void write_null(void) { *(volatile int*)8 = 1; }
static void undefined(void) { __asm__ volatile("ud2"); }
static void print_at_exit(void) { printf("at exit\n"); }
static void with_handlers(void) {
  atexit(print_at_exit);
  exit(4);
}

int main(void) {
  int wrong = 0;
  for (code = 0; code < 256; code++) wrong += in_child(exit_code) != code << 8;
  equal("exit statuses 0 to 255", wrong, 0);
  code = 256 + 3;
  equal("only the low byte counts", in_child(return_from_exit), 3 << 8);
  code = -1;
  equal("exit(-1)", in_child(exit_code), 255 << 8);
  equal("atexit", in_child(with_handlers), 4 << 8);

  static const int deadly[] = {SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM};
  for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
    code = deadly[i];
    int status = in_child(by_signal);
    check("ended by the signal", WIFSIGNALED(status) && WTERMSIG(status) == code && !WIFEXITED(status));
  }
  static const int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH};
  for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
    code = harmless[i];
    equal("ignored by default", in_child(by_signal), 0);
  }
  equal("abort", WTERMSIG(in_child(by_abort)), SIGABRT);
  equal("division by zero", WTERMSIG(in_child(divide)), SIGFPE);
  equal("null pointer", WTERMSIG(in_child(write_null)), SIGSEGV);
  equal("undefined instruction", WTERMSIG(in_child(undefined)), SIGILL);
  fails("no children left", wait(NULL), ECHILD);
  return finish();
}
