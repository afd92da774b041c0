// SPDX-License-Identifier: MIT
// The ways to end: exit() runs what atexit() registered and writes what stdio still holds;
// _exit() is the bare system call.
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "../stdio/file.h"
#include "../syscall/raw.h"

static void (*at_exit[32])(void);
static int at_exit_count;

int atexit(void (*function)(void)) {
  if (at_exit_count == 32) return -1;
  at_exit[at_exit_count++] = function;
  return 0;
}

_Noreturn void exit(int status) {
  while (at_exit_count) at_exit[--at_exit_count]();
  libc_flush_all();
  _exit(status);
}

_Noreturn void _exit(int status) {
  sys_exit_group(status);  // exit_group ends every thread; the plain exit call only the current one
}

_Noreturn void _Exit(int status) { _exit(status); }

_Noreturn void abort(void) {
  raise(SIGABRT);
  signal(SIGABRT, SIG_DFL);  // a handler that returns does not save the program
  raise(SIGABRT);
  _exit(127);
}
