// SPDX-License-Identifier: MIT
#include "core/cli/run.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "core/cli/drive.h"
#include "core/cli/guest_setup.h"
#include "core/cli/help.h"

namespace lucid::cli {
namespace {

using session::Connection;

/// Standard input decides how a shell is connected; a program gets plain bytes unless told otherwise.
Connection connection_for(const RunOptions& options) {
  if (options.tty) return Connection::tty;
  return options.program.empty() && isatty(STDIN_FILENO) ? Connection::tty : Connection::raw;
}

/// Breakpoints in programs are for PROGRAM, by the name that the kernel knows it by.
std::string focus_of(const RunOptions& options) {
  if (options.program.empty()) return "";
  constexpr size_t longest = 15;
  const std::string& path = options.program[0];
  return "process " + path.substr(path.rfind('/') + 1).substr(0, longest);
}

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  auto parsed = parse_run_options(arguments);
  if (!parsed) return complain(parsed.error());
  const RunOptions& options = parsed.value();
  if (options.help) return std::fputs(run_help, stdout) < 0 ? exit_host : 0;
  signal(SIGPIPE, SIG_IGN);

  Reports reports;
  if (auto failure = reports.open(static_cast<const ReportOptions&>(options))) return complain(*failure);
  if (auto failure = reports.open(static_cast<const StraceOptions&>(options))) return complain(*failure);
  if (auto failure = reports.open_record(options.record_file)) return complain(*failure);

  const Connection connection = connection_for(options);
  auto set_up = set_up_guest(options, connection);
  if (!set_up) return complain(set_up.error());
  const auto guest = set_up.take();
  for (const auto& note : guest.notes) std::fprintf(stderr, "lucid86: note: %s\n", note.c_str());
  if (!options.program.empty()) guest.session->prefer_program(options.program[0]);
  auto stops = Stops::set(*guest.session, options);
  if (!stops) return complain(stops.error());
  return drive_to_end(*guest.session, options, reports,
                      {.connection = connection,
                       .stops = stops.value().get(),
                       .gdb_port = options.gdb_port,
                       .gdb_focus = focus_of(options)});
}

}  // namespace lucid::cli
