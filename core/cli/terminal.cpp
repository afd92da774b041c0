// SPDX-License-Identifier: MIT
#include "core/cli/terminal.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>

namespace lucid::cli {
namespace {

// Signal handlers reach nothing but globals; this is the CLI, not core.
termios saved;
volatile sig_atomic_t is_raw = 0;

constexpr int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGPIPE};

void restore() {
  if (!is_raw) return;
  is_raw = 0;
  tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

void make_raw() {
  termios raw = saved;
  cfmakeraw(&raw);
  if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0) is_raw = 1;
}

void on_ending_signal(int number) {
  restore();
  signal(number, SIG_DFL);
  raise(number);
}

void on_stop(int) {  // SIGTSTP from outside: hand the terminal back, stop, take it again
  restore();
  raise(SIGSTOP);
  make_raw();
  raise(SIGWINCH);  // it may have another size now
}

}  // namespace

RawTerminal::RawTerminal() {
  if (tcgetattr(STDIN_FILENO, &saved) != 0) return;
  static const bool registered = std::atexit(restore) == 0;
  (void)registered;
  for (const int number : ending_signals) {
    if (signal(number, on_ending_signal) == SIG_IGN) signal(number, SIG_IGN);
  }
  signal(SIGTSTP, on_stop);
  make_raw();
}

RawTerminal::~RawTerminal() { restore(); }

}  // namespace lucid::cli
