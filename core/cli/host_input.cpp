// SPDX-License-Identifier: MIT
#include "core/cli/host_input.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

namespace lucid::cli {

bool HostInput::wait(int milliseconds) const {
  pollfd ready{STDIN_FILENO, POLLIN, 0};
  const timespec limit{milliseconds / 1000, milliseconds % 1000 * 1'000'000L};
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  sigdelset(&blocked, SIGWINCH);
  return ppoll(&ready, 1, milliseconds < 0 ? nullptr : &limit, &blocked) > 0;
}

std::vector<u8> HostInput::take(size_t limit) {
  std::vector<u8> bytes(limit);
  const ssize_t got = read(STDIN_FILENO, bytes.data(), bytes.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
  if (got <= 0) open_ = false;
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return bytes;
}

}  // namespace lucid::cli
