// SPDX-License-Identifier: MIT
#include "core/cli/options.h"

#include "core/cli/option_table.h"
#include "core/machine/machine.h"

namespace lucid::cli {
namespace {

constexpr u64 mebibyte = 1 << 20;
constexpr u64 least_mib = machine::min_memory / mebibyte, most_mib = machine::max_memory / mebibyte;

Problem set_memory(MachineOptions& options, const std::string& value) {
  const auto mib = parse_number(value);
  if (!mib || *mib < least_mib || *mib > most_mib) {
    return "the machine can have " + std::to_string(least_mib) + " to " + std::to_string(most_mib) +
           " MiB of memory, not \"" + value + "\"";
  }
  options.memory_mib = mib;
  return std::nullopt;
}

Problem read_swap(u64& swap_mib, const std::string& value) {
  constexpr u64 most = 2048;
  const auto mib = parse_number(value);
  if (!mib || *mib == 0 || *mib > most)
    return "the swap area can have 1 to " + std::to_string(most) + " MiB, not \"" + value + "\"";
  swap_mib = *mib;
  return std::nullopt;
}

Problem set_max_instructions(ReportOptions& options, const std::string& value) {
  const auto count = parse_number(value);
  if (!count || *count == 0) return "a number of instructions is needed, 1 or more, not \"" + value + "\"";
  options.max_instructions = *count;
  return std::nullopt;
}

Problem add_environment(FileOptions& options, const std::string& value) {
  const size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0) return "NAME=VALUE is needed, not \"" + value + "\"";
  options.environment.push_back(value);
  return std::nullopt;
}

Problem set_file(std::string& file, const std::string& value) {
  if (value.empty()) return std::string("a file name is needed");
  file = value;
  return std::nullopt;
}

Problem add_text(std::vector<std::string>& files, const std::string& value, const char* what) {
  if (value.empty()) return std::string(what) + " is needed";
  files.push_back(value);
  return std::nullopt;
}

Problem ask_for_help(ReportOptions& options, const std::string&) { return options.help = true, std::nullopt; }

constexpr Option<ReportOptions> report_options[] = {
    {"--max-insns", Takes::value, set_max_instructions},
    {"--events", Takes::value, [](ReportOptions& o, const std::string& v) { return set_file(o.events_file, v); }},
    {"--trace", Takes::value, [](ReportOptions& o, const std::string& v) { return set_file(o.trace_file, v); }},
    {"--filter", Takes::value, [](ReportOptions& o, const std::string& v) { return set_file(o.filter, v); }},
    {"--stats", Takes::nothing,
     [](ReportOptions& o, const std::string&) -> Problem { return o.stats = true, std::nullopt; }},
    {"--help", Takes::nothing, ask_for_help},
    {"-h", Takes::nothing, ask_for_help},
};

constexpr Option<StopOptions> stop_options[] = {
    {"--break", Takes::value,
     [](StopOptions& o, const std::string& v) { return add_text(o.breaks, v, "an expression"); }},
    {"--until", Takes::value,
     [](StopOptions& o, const std::string& v) { return add_text(o.untils, v, "an expression"); }},
    {"--dump", Takes::value, [](StopOptions& o, const std::string& v) { return add_text(o.dumps, v, "what to dump"); }},
    {"--dump-file", Takes::value, [](StopOptions& o, const std::string& v) { return set_file(o.dump_file, v); }},
};

Problem set_gdb_port(GdbOptions& options, const std::string& value) {
  const auto port = value.empty() ? default_gdb_port : parse_number(value);
  if (!port || *port > 65535) return "a port from 0 to 65535 is needed, not \"" + value + "\"";
  options.gdb_port = static_cast<u16>(*port);
  return std::nullopt;
}

constexpr Option<GdbOptions> gdb_options[] = {{"--gdb", Takes::optional_number, set_gdb_port}};

constexpr Option<StraceOptions> strace_options[] = {
    {"--strace", Takes::optional_value,
     [](StraceOptions& o, const std::string& v) -> Problem {
       return o.strace = true, o.strace_file = v, std::nullopt;
     }},
};

constexpr Option<MachineOptions> machine_options[] = {
    {"--memory", Takes::value, set_memory},
    {"--record", Takes::value, [](MachineOptions& o, const std::string& v) { return set_file(o.record_file, v); }},
    {"--disk", Takes::value, [](MachineOptions& o, const std::string& v) { return set_file(o.disk_file, v); }},
    {"--swap", Takes::value, [](MachineOptions& o, const std::string& v) { return read_swap(o.swap_mib, v); }},
    {"--append", Takes::value,
     [](MachineOptions& o, const std::string& v) -> Problem { return o.append = v, std::nullopt; }},
};

constexpr Option<FileOptions> file_options[] = {
    {"--root", Takes::value,
     [](FileOptions& o, const std::string& v) { return add_text(o.roots, v, "a directory or cpio file"); }},
    {"--env", Takes::value, add_environment},
    {"--kernel", Takes::value, [](FileOptions& o, const std::string& v) { return set_file(o.kernel_file, v); }},
    {"--no-builtin-root", Takes::nothing,
     [](FileOptions& o, const std::string&) -> Problem { return o.builtin_root = false, std::nullopt; }},
    {"--root-on-disk", Takes::nothing,
     [](FileOptions& o, const std::string&) -> Problem { return o.root_on_disk = true, std::nullopt; }},
};

constexpr Option<RunOptions> run_options[] = {
    {"--tty", Takes::nothing, [](RunOptions& o, const std::string&) -> Problem { return o.tty = true, std::nullopt; }},
    {"--boot-log", Takes::nothing,
     [](RunOptions& o, const std::string&) -> Problem { return o.boot_log = true, std::nullopt; }},
};

constexpr Option<MakeDiskOptions> make_disk_options[] = {
    {"--output", Takes::value, [](MakeDiskOptions& o, const std::string& v) { return set_file(o.output_file, v); }},
    {"--swap", Takes::value, [](MakeDiskOptions& o, const std::string& v) { return read_swap(o.swap_mib, v); }},
    {"--append", Takes::value,
     [](MakeDiskOptions& o, const std::string& v) -> Problem { return o.append = v, std::nullopt; }},
    {"--help", Takes::nothing,
     [](MakeDiskOptions& o, const std::string&) -> Problem { return o.help = true, std::nullopt; }},
    {"-h", Takes::nothing,
     [](MakeDiskOptions& o, const std::string&) -> Problem { return o.help = true, std::nullopt; }},
};

constexpr Option<BootOptions> boot_options[] = {
    {"--initrd", Takes::value,
     [](BootOptions& o, const std::string& v) { return add_text(o.initrds, v, "a file name"); }},
    {"--root-on-disk", Takes::nothing,
     [](BootOptions& o, const std::string&) -> Problem { return o.root_on_disk = true, std::nullopt; }},
};

}  // namespace

std::optional<u64> parse_number(const std::string& text) {
  if (text.empty() || text.size() > 19) return std::nullopt;
  u64 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<u64>(c - '0');
  }
  return value;
}

Result<RunOptions, Failure> parse_run_options(const std::vector<std::string>& arguments) {
  RunOptions options;
  const auto program =
      parse_options<RunOptions, RunOptions, FileOptions, MachineOptions, StraceOptions, StopOptions, GdbOptions,
                    ReportOptions>("run", arguments, options, run_options, file_options, machine_options,
                                   strace_options, stop_options, gdb_options, report_options);
  if (!program) return program.error();
  if (options.help) return options;
  options.program.assign(arguments.begin() + static_cast<std::ptrdiff_t>(program.value()), arguments.end());
  if (!options.program.empty() && options.program[0].empty()) return usage("the name of PROGRAM is empty");
  return options;
}

Result<BootOptions, Failure> parse_boot_options(const std::vector<std::string>& arguments) {
  BootOptions options;
  const auto image = parse_options<BootOptions, BootOptions, MachineOptions, StopOptions, GdbOptions, ReportOptions>(
      "boot", arguments, options, boot_options, machine_options, stop_options, gdb_options, report_options);
  if (!image) return image.error();
  if (options.help) return options;
  if (options.root_on_disk) {
    if (!options.initrds.empty() || !options.disk_file.empty() || image.value() != arguments.size())
      return usage(
          "boot --root-on-disk makes its own disk, with the built-in kernel and files: no IMAGE, --initrd or "
          "--disk; make-disk --root-on-disk makes one with others");
    return options;
  }
  if (image.value() == arguments.size() && !options.disk_file.empty()) {
    if (!options.initrds.empty() || !options.append.empty())
      return usage("--initrd and --append are for an IMAGE; what boots from a disk has its own there (make-disk)");
    return options;
  }
  if (image.value() >= arguments.size() || arguments[image.value()].empty())
    return usage("boot needs an IMAGE, or --disk or --root-on-disk to boot from; lucid86 boot --help tells which");
  options.image = arguments[image.value()];
  if (image.value() + 1 != arguments.size())
    return usage("boot takes one IMAGE, \"" + arguments[image.value() + 1] +
                 "\" is too much; words for the kernel go behind --append");
  return options;
}

Result<MakeDiskOptions, Failure> parse_make_disk_options(const std::vector<std::string>& arguments) {
  MakeDiskOptions options;
  const auto program = parse_options<MakeDiskOptions, MakeDiskOptions, FileOptions>("make-disk", arguments, options,
                                                                                    make_disk_options, file_options);
  if (!program) return program.error();
  if (options.help) return options;
  if (options.output_file.empty()) return usage("make-disk needs --output FILE");
  options.program.assign(arguments.begin() + static_cast<std::ptrdiff_t>(program.value()), arguments.end());
  if (!options.program.empty() && options.program[0].empty()) return usage("the name of PROGRAM is empty");
  return options;
}

Result<ReplayOptions, Failure> parse_replay_options(const std::vector<std::string>& arguments) {
  ReplayOptions options;
  const auto file = parse_options<ReplayOptions, StraceOptions, StopOptions, GdbOptions, ReportOptions>(
      "replay", arguments, options, strace_options, stop_options, gdb_options, report_options);
  if (!file) return file.error();
  if (options.help) return options;
  if (file.value() + 1 != arguments.size()) return usage("replay takes one FILE, as lucid86 run --record made it");
  options.file = arguments[file.value()];
  return options;
}

}  // namespace lucid::cli
