// SPDX-License-Identifier: MIT
// The arguments of `lucid86 run`.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/cli/exit_code.h"

namespace lucid::cli {

constexpr u64 default_memory_mib = 32;

struct RunOptions {
  std::vector<std::string> roots;  // directories and cpio files, in order
  std::optional<u64> memory_mib;   // 8..2048; not given: 32, or what the roots need
  bool strace = false;
  std::string strace_file;  // "" = standard error
  std::string events_file;  // "" = off, "-" = standard output
  bool stats = false;
  u64 max_instructions = ~u64{0};
  bool tty = false;  // give PROGRAM the console
  bool boot_log = false;
  std::vector<std::string> environment;  // added to the default one
  std::string kernel_file;               // "" = built in
  bool builtin_root = true;
  std::string append;  // to the kernel's command line
  bool help = false;
  std::vector<std::string> program;  // PROGRAM and its arguments; empty = a shell
};

/// Arguments after the word "run".
Result<RunOptions, Failure> parse_run_options(const std::vector<std::string>& arguments);

/// Plain decimal digits, nothing else.
std::optional<u64> parse_number(const std::string& text);

}  // namespace lucid::cli
