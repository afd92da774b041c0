// SPDX-License-Identifier: MIT
#include "core/cli/gdb_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lucid::cli {

Result<std::unique_ptr<GdbConnection>, Failure> GdbConnection::listen(u16 port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto failure = [&](const char* what) {
    const std::string message = "--gdb: " + std::string(what) + " port " + std::to_string(port) +
                                " of localhost: " + std::strerror(errno) + "; --gdb 0 takes any that is free";
    if (fd >= 0) close(fd);
    return Failure{exit_host, message};
  };
  if (fd < 0) return failure("cannot make a socket for");
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) return failure("cannot use");
  if (::listen(fd, 1) < 0) return failure("cannot listen on");
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) < 0) return failure("cannot listen on");
  return std::unique_ptr<GdbConnection>(new GdbConnection(fd, ntohs(address.sin_port)));
}

GdbConnection::~GdbConnection() {
  close_peer();
  close(listener_);
}

void GdbConnection::close_peer() {
  if (peer_ >= 0) close(peer_);
  peer_ = -1;
}

bool GdbConnection::accept() {
  do peer_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  while (peer_ < 0 && errno == EINTR);
  const int on = 1;
  if (peer_ >= 0) setsockopt(peer_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return peer_ >= 0;
}

GdbConnection::Ready GdbConnection::wait(int milliseconds, bool input_too) const {
  pollfd fds[2] = {{peer_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  if (poll(fds, input_too ? 2 : 1, milliseconds) <= 0) return {};
  return {fds[0].revents != 0, input_too && fds[1].revents != 0};
}

std::string GdbConnection::take() {
  char buffer[4096];
  const ssize_t got = recv(peer_, buffer, sizeof buffer, 0);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
  if (got <= 0) close_peer();
  return {buffer, got > 0 ? static_cast<size_t>(got) : 0};
}

void GdbConnection::send(std::string_view bytes) {
  while (!bytes.empty() && open()) {
    const ssize_t sent = ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return close_peer();
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

}  // namespace lucid::cli
