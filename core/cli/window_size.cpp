// SPDX-License-Identifier: MIT
#include "core/cli/window_size.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lucid::cli {
namespace {

volatile sig_atomic_t changed = 0;  // signal handlers reach nothing but globals

void on_change(int) { changed = 1; }

}  // namespace

WindowSize::WindowSize() {
  changed = 1;
  signal(SIGWINCH, on_change);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGWINCH);
  sigprocmask(SIG_BLOCK, &one, nullptr);  // but while HostInput waits
}

std::optional<session::ConsoleSize> WindowSize::take() {
  if (!changed) return std::nullopt;
  changed = 0;
  winsize size{};
  if (!isatty(STDIN_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return std::nullopt;
  return session::nearest_size(size.ws_row, size.ws_col);
}

}  // namespace lucid::cli
