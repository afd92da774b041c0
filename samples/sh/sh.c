// SPDX-License-Identifier: MIT
// Watch: the shell reads a line, forks, and the child execs the program while the shell waits. A
// pipeline is several forks joined by pipe(2) and dup2(2); & is a fork the shell does not wait for.
// sh [-eix] [-c COMMANDS [NAME [ARG…]] | FILE [ARG…]]
#include "sh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct Shell shell = {.name = "sh", .substituted = -1};

void complain(const char* format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  fflush(stdout);
  fprintf(stderr, "%s: %s\n", shell.interactive ? "sh" : shell.name, text);
}

_Noreturn void exit_shell(int status) {
  shell.status = status & 0xff;
  run_exit_trap();
  exit(shell.status);
}

/// Takes the terminal: a process group of its own, in the foreground. Without one there is no job
/// control, and everything else works.
static void take_terminal(void) {
  pid_t foreground = tcgetpgrp(2);
  if (foreground < 0) return;
  while ((foreground = tcgetpgrp(2)) != getpgrp()) {
    if (foreground < 0) return;
    kill(0, SIGTTIN);  // started in the background: wait to be brought to the foreground
  }
  setpgid(0, 0);
  shell.group = getpgrp();
  shell.monitor = 1;
  set_up_signals();
  tcsetpgrp(2, shell.group);
}

static void set_up_variables(void) {
  import_environment();
  char path[4096];
  if (getcwd(path, sizeof path)) set_variable("PWD", path);
  if (!get_variable("PATH")) set_variable("PATH", "/bin:/sbin:/usr/bin");
  if (!get_variable("PS1")) set_variable("PS1", "lucid86:$PWD\\$ ");
  if (!get_variable("PS2")) set_variable("PS2", "> ");
  set_variable("IFS", " \t\n");
}

/// Moves the script out of the way of the descriptors a script may use.
static int open_script(const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    complain("cannot open %s: %s", path, errno == ENOENT ? "No such file" : strerror(errno));
    exit(errno == ENOENT ? 127 : 126);
  }
  int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  close(fd);
  return high;
}

int main(int argc, char** argv) {
  const char* commands = NULL;
  int force_interactive = 0, from_input = 0;
  if (argc > 0) shell.name = argv[0];
  for (int option; (option = getopt(argc, argv, "c:eixs")) != -1;) {
    switch (option) {
      case 'c': commands = optarg; break;
      case 'e': shell.exit_on_error = 1; break;
      case 'i': force_interactive = 1; break;
      case 'x': shell.trace = 1; break;
      case 's': from_input = 1; break;
      default: return 2;
    }
    if (commands) break;  // what follows belongs to the commands
  }
  argv += optind;
  shell.pid = getpid();
  const char* script = !commands && !from_input && *argv ? *argv : NULL;
  if (*argv && !from_input) shell.name = *argv++;
  shell.argv = argv;
  while (shell.argv[shell.argc]) shell.argc++;
  set_up_variables();

  struct Source source;
  if (commands) {
    source = source_of_string(commands);
  } else if (script) {
    source = source_of_file(open_script(script), 0);
  } else {
    shell.interactive = force_interactive || (isatty(0) && isatty(2));
    source = source_of_file(0, shell.interactive);
    if (shell.interactive) {
      set_up_signals();
      take_terminal();
    }
  }
  int status = run_source(&source, run_last);
  if (shell.interactive) fputc('\n', stderr);
  exit_shell(status);
}
