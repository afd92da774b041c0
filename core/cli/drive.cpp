// SPDX-License-Identifier: MIT
#include "core/cli/drive.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "core/bus/clock.h"
#include "core/cli/builtin.h"
#include "core/cli/host_loop.h"
#include "core/cli/terminal.h"
#include "core/inspect/bytes.h"
#include "core/inspect/chrome_trace.h"
#include "core/inspect/event_json.h"

namespace lucid::cli {
namespace {

using session::Connection;

const char* stop_name(const session::Session& session, LoopEnd end) {
  if (end == LoopEnd::limit) return "max-insns";
  if (end == LoopEnd::until) return "until";
  if (end == LoopEnd::recording_end) return "recording-end";
  if (end == LoopEnd::nothing_to_wait_for) return "idle";
  if (end != LoopEnd::machine) return "quit";
  switch (session.last_stop()) {
    case session::Stop::powered_off:
      return "powered-off";
    case session::Stop::panicked:
      return "panicked";
    default:
      return "dead";
  }
}

int conclude(const session::Session& session, LoopEnd end, u64 max_instructions, int powered_off_code) {
  switch (end) {
    case LoopEnd::broken_pipe:
      return exit_broken_pipe;
    case LoopEnd::quit:
      return 128 + SIGTERM;
    case LoopEnd::limit:
      return complain(
          {exit_limit, "stopped after " + std::to_string(max_instructions) + " instructions (--max-insns)"});
    case LoopEnd::nothing_to_wait_for:
      return complain(
          {exit_machine, "the machine is idle for ever: every process waits for something that cannot come"});
    case LoopEnd::until:
      return 0;
    case LoopEnd::recording_end:
    case LoopEnd::machine:
      break;
  }
  if (session.last_stop() == session::Stop::powered_off) return powered_off_code;
  return complain({exit_machine, session.death_reason()});
}

void print_stats(const session::Session& session, LoopEnd end, double seconds, int code) {
  const session::Stats stats = session.stats();
  const auto number = [](u64 value) { return static_cast<unsigned long long>(value); };
  std::fprintf(
      stderr,
      "{\"instructions\":%llu,\"host_seconds\":%.6f,\"mips\":%.1f,\"virtual_seconds\":%.8f,\"page_faults\":%llu,"
      "\"cow_copies\":%llu,\"context_switches\":%llu,\"system_calls\":%llu,\"interrupts\":%llu,\"forks\":%llu,"
      "\"execs\":%llu,\"signals\":%llu,\"events\":%llu,\"event_hash\":\"%s\",\"stop\":\"%s\",\"exit_code\":%d}\n",
      number(stats.instructions), seconds, seconds > 0 ? static_cast<double>(stats.instructions) / seconds / 1e6 : 0.0,
      static_cast<double>(stats.time) / static_cast<double>(bus::ticks_per_second), number(stats.page_faults),
      number(stats.cow_copies), number(stats.context_switches), number(stats.system_calls), number(stats.interrupts),
      number(stats.forks), number(stats.execs), number(stats.signals), number(session.events().count()),
      inspect::hex(session.events().hash()).c_str(), stop_name(session, end), code);
}

/// Flushes a file (null = none); the exit code is `code` unless that failed.
int close_output(OutputFile* file, int code) {
  if (!file) return code;
  file->flush();
  if (file->error() == EPIPE) return exit_broken_pipe;
  if (file->error() == 0) return code;
  return complain({exit_host, std::string("writing a report or recording: ") + std::strerror(file->error())});
}

/// Opens a file named by an option; "" = not asked for.
std::optional<Failure> open_output(const std::string& option, const std::string& path,
                                   std::unique_ptr<OutputFile>& file) {
  if (path.empty()) return std::nullopt;
  auto created = OutputFile::create(path);
  if (!created) return Failure{exit_host, option + " " + created.error().message};
  file = std::make_unique<OutputFile>(created.take());
  return std::nullopt;
}

}  // namespace

int complain(const Failure& failure) {
  std::fprintf(stderr, "lucid86: %s\n", failure.message.c_str());
  return failure.code;
}

std::optional<Failure> Reports::open(const ReportOptions& options) {
  if (auto failure = open_output("--events", options.events_file, events)) return failure;
  return open_output("--trace", options.trace_file, trace);
}

std::optional<Failure> Reports::open(const StraceOptions& options) {
  if (options.strace && options.strace_file.empty()) strace = std::make_unique<OutputFile>(STDERR_FILENO);
  return open_output("--strace", options.strace_file, strace);
}

std::optional<Failure> Reports::open_record(const std::string& path) { return open_output("--record", path, record); }

int drive_to_end(session::Session& session, const ReportOptions& options, const Reports& reports, const Drive& drive) {
  session.set_strace(reports.strace || reports.events || reports.trace);
  inspect::ChromeTrace chrome;
  std::optional<session::EventFilter> filter;
  if (!options.filter.empty()) {
    if (!reports.events && !reports.trace) return complain({exit_usage, "--filter needs --events or --trace"});
    auto parsed = session.event_filter(options.filter);
    if (!parsed) return complain({exit_usage, "--filter: " + parsed.error().shown(options.filter)});
    filter = parsed.take();
  }
  if (reports.events || reports.trace) {
    session.set_event_sink([&](const trace::Event& event, const std::string& text) {
      if (filter && !filter->wants(event)) return;
      if (reports.events) reports.events->write(inspect::event_json(event, text) + "\n");
      if (reports.trace) reports.trace->write(chrome.add(event, text));
    });
  }
  std::unique_ptr<GdbConnection> gdb;
  if (drive.gdb_port) {
    auto listening = GdbConnection::listen(*drive.gdb_port);
    if (!listening) return complain(listening.error());
    gdb = listening.take();
    std::fprintf(stderr, "lucid86: waiting for gdb: target remote localhost:%u\n", gdb->port());
    if (!gdb->accept()) return complain({exit_host, "--gdb: nobody could connect"});
  }
  const auto start = std::chrono::steady_clock::now();
  LoopEnd end;
  {
    std::optional<RawTerminal> raw;
    if (!drive.recorded && drive.connection == Connection::tty && isatty(STDIN_FILENO)) raw.emplace();
    HostLoop loop(session, drive.connection, options.max_instructions, reports.strace.get(), drive.stops);
    std::optional<LoopEnd> ended;
    if (gdb) {
      gdb::Server server(session, drive.gdb_focus);
      ended = loop.run_debugged(*gdb, server);
    }
    end = ended ? *ended : drive.recorded ? loop.run_recorded() : loop.run();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  session.set_event_sink({});

  int code = end == LoopEnd::recording_end
                 ? 0
                 : conclude(session, end, options.max_instructions, drive.exit_code(session.exit_status()));
  if (reports.trace) reports.trace->write(chrome.finish(session.time()));
  if (reports.record) {
    const auto packed = session::pack(session.recorded_run(LUCID_VERSION), {builtin_kernel(), builtin_root()});
    reports.record->write({reinterpret_cast<const char*>(packed.data()), packed.size()});
  }
  for (OutputFile* file : {reports.events.get(), reports.trace.get(), reports.strace.get(), reports.record.get()}) {
    code = close_output(file, code);
  }
  if (options.stats) print_stats(session, end, seconds.count(), code);
  return code;
}

}  // namespace lucid::cli
