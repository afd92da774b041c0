// SPDX-License-Identifier: MIT
#include "core/cli/output_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lucid::cli {
namespace {

constexpr size_t buffer_size = 1 << 16;

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path) {
  if (path == "-") return OutputFile(STDOUT_FILENO);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return Error{path + ": " + std::strerror(errno)};
  OutputFile file(fd);
  file.owned_ = true;
  return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(other.fd_),
      owned_(std::exchange(other.owned_, false)),
      error_(other.error_),
      buffer_(std::move(other.buffer_)) {
  other.buffer_.clear();
}

OutputFile::~OutputFile() {
  flush();
  if (owned_) close(fd_);
}

void OutputFile::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= buffer_size) flush();
}

void OutputFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty() && error_ == 0) {
    const ssize_t done = ::write(fd_, left.data(), left.size());
    if (done >= 0) {
      left.remove_prefix(static_cast<size_t>(done));
    } else if (errno == EAGAIN) {
      pollfd ready{fd_, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

}  // namespace lucid::cli
