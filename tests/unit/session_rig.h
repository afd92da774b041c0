// SPDX-License-Identifier: MIT
// Sessions over the real kernel and root archive, for tests.
#pragma once
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "core/session/overlay.h"
#include "core/session/session.h"

namespace lucid::test {

inline std::vector<u8> bytes_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
inline const std::vector<u8>& kernel() {
  static const auto bytes = bytes_of(LUCID_KERNEL_ELF);
  return bytes;
}
inline const std::vector<u8>& root() {
  static const auto bytes = bytes_of(LUCID_ROOT_CPIO);
  return bytes;
}

/// Init runs `argv`; an empty one: the interactive shell.
inline std::unique_ptr<session::Session> boot(const std::vector<std::string>& argv,
                                              session::Connection connection = session::Connection::raw,
                                              u64 history_bytes = 0, u64 memory_bytes = 32 << 20,
                                              const std::string& kernel_options = "") {
  const auto overlay = session::program_overlay(argv, session::default_environment(), connection);
  session::Config config;
  config.kernel = kernel();
  config.archives = {root(), overlay};
  config.command_line = session::command_line_for(connection) + " " + kernel_options;
  config.history_bytes = history_bytes;
  config.memory_bytes = memory_bytes;
  auto session = session::Session::create(config);
  REQUIRE(session.ok());
  return session.take();
}

constexpr u64 plenty = 50'000'000;
inline session::RunLimits at_most(u64 instructions) { return {instructions, ~u64{0}, {}}; }

}  // namespace lucid::test
