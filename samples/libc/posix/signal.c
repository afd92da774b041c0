// SPDX-License-Identifier: MIT
// Signals. The kernel's calls take the size of the mask (8 bytes) and, on x86-64, need to be told
// where a handler returns to.
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "../syscall/raw.h"

void libc_restorer(void);

int sigaction(int number, const struct sigaction* restrict action, struct sigaction* restrict old) {
  struct sigaction with_restorer;
  if (action) {
    with_restorer = *action;
    with_restorer.sa_flags |= SA_RESTORER;
    with_restorer.sa_restorer = libc_restorer;
    action = &with_restorer;
  }
  return (int)libc_result(sys_rt_sigaction(number, action, old, sizeof(sigset_t)));
}

sighandler_t signal(int number, sighandler_t handler) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
  return sigaction(number, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t* restrict set, sigset_t* restrict old) {
  return (int)libc_result(sys_rt_sigprocmask(how, set, old, sizeof(sigset_t)));
}

int sigpending(sigset_t* set) { return (int)libc_result(sys_rt_sigpending(set, sizeof(sigset_t))); }
int sigsuspend(const sigset_t* mask) { return (int)libc_result(sys_rt_sigsuspend(mask, sizeof(sigset_t))); }
int raise(int number) { return kill(getpid(), number); }

static sigset_t bit(int number) { return 1ul << (number - 1); }
int sigemptyset(sigset_t* set) { return *set = 0, 0; }
int sigfillset(sigset_t* set) { return *set = ~0ul, 0; }
int sigaddset(sigset_t* set, int number) { return *set |= bit(number), 0; }
int sigdelset(sigset_t* set, int number) { return *set &= ~bit(number), 0; }
int sigismember(const sigset_t* set, int number) { return (*set & bit(number)) != 0; }
