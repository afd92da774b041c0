// SPDX-License-Identifier: MIT
#include "core/cli/drive.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "core/bus/clock.h"
#include "core/cli/host_loop.h"
#include "core/cli/terminal.h"
#include "core/inspect/bytes.h"
#include "core/inspect/event_json.h"

namespace lucid::cli {
namespace {

using session::Connection;

const char* stop_name(const session::Session& session, LoopEnd end) {
  if (end == LoopEnd::limit) return "max-insns";
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
  return complain({exit_host, std::string("writing events or system calls: ") + std::strerror(file->error())});
}

}  // namespace

int complain(const Failure& failure) {
  std::fprintf(stderr, "lucid86: %s\n", failure.message.c_str());
  return failure.code;
}

std::optional<Failure> open_output(const std::string& option, const std::string& path,
                                   std::unique_ptr<OutputFile>& file) {
  if (path.empty()) return std::nullopt;
  auto created = OutputFile::create(path);
  if (!created) return Failure{exit_host, option + " " + created.error().message};
  file = std::make_unique<OutputFile>(created.take());
  return std::nullopt;
}

int drive_to_end(session::Session& session, const MachineOptions& options, const Drive& drive) {
  session.set_strace(drive.strace || drive.events);
  if (drive.events) {
    session.set_event_sink([&](const trace::Event& event, const std::string& text) {
      drive.events->write(inspect::event_json(event, text) + "\n");
    });
  }
  const auto start = std::chrono::steady_clock::now();
  LoopEnd end;
  {
    std::optional<RawTerminal> raw;
    if (drive.connection == Connection::tty && isatty(STDIN_FILENO)) raw.emplace();
    end = HostLoop(session, drive.connection, options.max_instructions, drive.strace).run();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  int code = conclude(session, end, options.max_instructions, drive.exit_code(session.exit_status()));
  for (OutputFile* file : {drive.events, drive.strace}) code = close_output(file, code);
  if (options.stats) print_stats(session, end, seconds.count(), code);
  return code;
}

}  // namespace lucid::cli
