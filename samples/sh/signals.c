// SPDX-License-Identifier: MIT
// Signals to the shell itself, and trap.
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

static char* traps[NSIG];  // [0]: at exit; "" ignores
static volatile int pending[NSIG];

static void note(int number) {
  if (traps[number])
    pending[number] = 1;
  else if (number == SIGINT)
    shell.interrupted = 1;
}

/// A handler without SA_RESTART: read() and waitpid() end with EINTR, so the shell gets to look.
static void handle(int number, sighandler_t handler) {
  struct sigaction action = {.sa_handler = handler};
  sigaction(number, &action, NULL);
}

/// An interactive shell survives what the keyboard sends; ^C only ends the line being typed.
void set_up_signals(void) {
  if (!shell.interactive) return;
  handle(SIGINT, note);
  handle(SIGQUIT, SIG_IGN);
  handle(SIGTERM, SIG_IGN);
  if (!shell.monitor) return;
  handle(SIGTSTP, SIG_IGN);
  handle(SIGTTIN, SIG_IGN);
  handle(SIGTTOU, SIG_IGN);
}

/// In a child: traps are not inherited, what was ignored by trap '' stays ignored.
void reset_signals(void) {
  static const int touched[] = {SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
  if (shell.interactive)
    for (size_t i = 0; i < sizeof touched / sizeof *touched; i++)
      if (!traps[touched[i]]) handle(touched[i], SIG_DFL);
  for (int i = 0; i < NSIG; i++) {
    if (traps[i] && *traps[i]) {
      if (i) handle(i, SIG_DFL);
      traps[i] = NULL;
    }
    pending[i] = 0;
  }
}

static const char* const names[] = {"EXIT",
#define S(name, number, text) #name,
                                    LIBC_SIGNALS(S)
#undef S
};

static int signal_number(const char* name) {
  if (isdigit(*name)) return atoi(name) < NSIG ? atoi(name) : -1;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0 || (i && strcmp(name, names[i] + 3) == 0)) return (int)i;
  return -1;
}

int set_trap(const char* command, const char* signal_name) {
  int number = signal_number(signal_name);
  if (number < 0) {
    complain("trap: %s: bad trap", signal_name);
    return 1;
  }
  free(traps[number]);
  traps[number] = command ? strdup(command) : NULL;
  if (number == 0) return 0;
  if (!command && number == SIGINT && shell.interactive)
    handle(number, note);
  else
    handle(number, !command ? SIG_DFL : *command ? note : SIG_IGN);
  return 0;
}

void list_traps(void) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (traps[i]) printf("trap -- '%s' %s\n", traps[i], i ? names[i] + 3 : names[i]);
}

static void run_trap(int number) {
  int status = shell.status;
  char* command = strdup(traps[number]);  // the command may change its own trap
  struct Source source = source_of_string(command);
  run_source(&source, run_here);
  free(command);
  shell.status = status;
}

void run_traps(void) {
  for (int i = 1; i < NSIG; i++) {
    if (!pending[i]) continue;
    pending[i] = 0;
    if (traps[i]) run_trap(i);
  }
}

void run_exit_trap(void) {
  if (!traps[0]) return;
  char* command = traps[0];
  traps[0] = NULL;
  struct Source source = source_of_string(command);
  run_source(&source, run_here);
}

int has_traps(void) {
  for (int i = 0; i < NSIG; i++)
    if (traps[i] && *traps[i]) return 1;
  return 0;
}
