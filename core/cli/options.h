// SPDX-License-Identifier: MIT
// The arguments of the commands.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/cli/exit_code.h"

namespace lucid::cli {

constexpr u64 default_memory_mib = 32, default_boot_memory_mib = 128;

/// How much of a run, and what is told about it.
struct ReportOptions {
  std::string events_file, trace_file;  // "" = off, "-" = standard output
  std::string filter;                   // of the events in both; "" = all
  bool stats = false;
  u64 max_instructions = ~u64{0};
  bool help = false;
};

struct StraceOptions {
  bool strace = false;
  std::string strace_file;  // "" = standard error
};

/// Where to stop, and what to show there.
struct StopOptions {
  std::vector<std::string> breaks, untils, dumps;  // expressions; see session/expression.h, session/dump.h
  std::string dump_file;                           // "" = standard error
};

constexpr u16 default_gdb_port = 1234;

/// What going back may cost in memory while GDB is served.
constexpr u64 gdb_history_bytes = 256 << 20;

struct GdbOptions {
  std::optional<u16> gdb_port;  // not given = GDB is not served
};

struct MachineOptions : ReportOptions, StopOptions, GdbOptions {
  std::optional<u64> memory_mib;  // 8..2048
  std::string append;             // to the kernel's command line
  std::string record_file;        // "" = off
  std::string disk_file;          // "" = no disk, or only swap
  u64 swap_mib = 0;               // of a swap partition on a disk of its own
};

/// What the machine's kernel and file system are.
struct FileOptions {
  std::vector<std::string> roots;        // directories and cpio files, in order
  std::vector<std::string> environment;  // added to the default one
  std::string kernel_file;               // "" = built in
  bool builtin_root = true;
  bool root_on_disk = false;         // all files but those made for this run; paged in from there
  std::vector<std::string> program;  // PROGRAM and its arguments; empty = a shell
};

struct RunOptions : MachineOptions, StraceOptions, FileOptions {  // memory not given: 32 MiB, or what the roots need
  bool tty = false;                                               // give PROGRAM the console
  bool boot_log = false;
};

struct BootOptions : MachineOptions {
  std::vector<std::string> initrds;
  std::string image;          // "" = the firmware, which boots from the disk
  bool root_on_disk = false;  // a disk like those of make-disk --root-on-disk
};

struct MakeDiskOptions : FileOptions {
  std::string output_file;
  std::string append;  // to the kernel's command line
  u64 swap_mib = 0;    // of a swap partition
  bool help = false;
};

struct ReplayOptions : ReportOptions, StraceOptions, StopOptions, GdbOptions {
  std::string file;
};

/// Arguments after the word "run".
Result<RunOptions, Failure> parse_run_options(const std::vector<std::string>& arguments);
/// Arguments after the word "boot".
Result<BootOptions, Failure> parse_boot_options(const std::vector<std::string>& arguments);
/// Arguments after the word "make-disk".
Result<MakeDiskOptions, Failure> parse_make_disk_options(const std::vector<std::string>& arguments);

/// Arguments after the word "replay".
Result<ReplayOptions, Failure> parse_replay_options(const std::vector<std::string>& arguments);

/// Plain decimal digits, nothing else.
std::optional<u64> parse_number(const std::string& text);

}  // namespace lucid::cli
