// SPDX-License-Identifier: MIT
#include "core/cli/replay.h"

#include <signal.h>

#include <cstdio>

#include "core/cli/builtin.h"
#include "core/cli/drive.h"
#include "core/cli/help.h"
#include "core/cli/host_files.h"
#include "core/inspect/bytes.h"
#include "core/session/recorded_run.h"

namespace lucid::cli {
namespace {

int verdict(const session::RecordedRun& run, const session::RecordedRun::End& end) {
  if (end == run.end) {
    std::fprintf(stderr, "lucid86: the replay equals the recording: %llu instructions, %llu events, state %s\n",
                 static_cast<unsigned long long>(end.instruction), static_cast<unsigned long long>(end.events),
                 inspect::hex(end.state_hash).c_str());
    return 0;
  }
  const char* what = end.instruction != run.end.instruction || end.time != run.end.time     ? "its length"
                     : end.events != run.end.events || end.event_hash != run.end.event_hash ? "its events"
                                                                                            : "its last state";
  return complain({exit_machine, std::string("the replay differs from the recording in ") + what +
                                     "; it was made by lucid86 " + run.version + ", this is " LUCID_VERSION});
}

}  // namespace

int replay_command(const std::vector<std::string>& arguments) {
  auto parsed = parse_replay_options(arguments);
  if (!parsed) return complain(parsed.error());
  const ReplayOptions& options = parsed.value();
  if (options.help) return std::fputs(replay_help, stdout) < 0 ? exit_host : 0;
  signal(SIGPIPE, SIG_IGN);

  auto bytes = read_file(options.file);
  if (!bytes) return complain({exit_bad_input, bytes.error().message});
  auto unpacked = session::unpack(bytes.value(), {builtin_kernel(), builtin_root()});
  if (!unpacked) return complain({exit_bad_input, options.file + " " + unpacked.error().message});
  const session::RecordedRun& run = unpacked.value();
  auto created = session::Session::create(run, options.gdb_port ? gdb_history_bytes : 0);
  if (!created) return complain({exit_bad_input, options.file + ": " + created.error().message});
  session::Session& session = *created.value();
  (void)session.set_source_pack(builtin_source_pack()).ok();

  Reports reports;
  if (auto failure = reports.open(static_cast<const ReportOptions&>(options))) return complain(*failure);
  if (auto failure = reports.open(static_cast<const StraceOptions&>(options))) return complain(*failure);
  auto stops = Stops::set(session, options);
  if (!stops) return complain(stops.error());
  const int code =
      drive_to_end(session, options, reports,
                   {.stops = stops.value().get(), .gdb_port = options.gdb_port, .recorded = true, .exit_code = [](int) {
                      return 0;
                    }});
  const bool whole = session.over() || session.time() >= run.end.time;
  return whole && code != exit_broken_pipe && code != exit_host ? verdict(run, session.where()) : code;
}

}  // namespace lucid::cli
