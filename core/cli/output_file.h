// SPDX-License-Identifier: MIT
// A file descriptor to write to: everything, at once or not at all.
#pragma once
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace lucid::cli {

class OutputFile {
 public:
  explicit OutputFile(int fd) : fd_(fd) {}
  /// "-" is standard output.
  static Result<OutputFile> create(const std::string& path);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  /// Collects small writes; flush() hands them on.
  void write(std::string_view text);
  void flush();
  /// errno of the first write that failed, 0 = none; what follows is dropped.
  int error() const { return error_; }

 private:
  int fd_;
  bool owned_ = false;
  int error_ = 0;
  std::string buffer_;
};

}  // namespace lucid::cli
