// SPDX-License-Identifier: MIT
// The small archive laid over the root that tells init what to run (see samples/init): the
// program's arguments and environment NUL-separated, and how it is connected.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace lucid::session {

enum class Connection : u8 {
  raw,  // /dev/uart0 and /dev/uart1: bytes as they are; COM1 = standard input and output, COM2 = error
  tty,  // /dev/console on COM1: echo, line editing, ^C
};

/// What a program starts with when nothing else is said: PATH, HOME, TERM. Never the host's.
std::vector<std::string> default_environment();

/// A cpio "newc" archive with /etc/lucid/{argv,env,mode}. An empty argv is left out: init then
/// starts the interactive shell.
std::vector<u8> program_overlay(const std::vector<std::string>& argv, const std::vector<std::string>& env,
                                Connection connection);

/// The kernel's command line that goes with it: where its log goes, and "quiet".
std::string command_line_for(Connection connection);

}  // namespace lucid::session
