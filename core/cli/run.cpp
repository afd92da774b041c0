// SPDX-License-Identifier: MIT
#include "core/cli/run.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "core/bus/clock.h"
#include "core/cli/guest_setup.h"
#include "core/cli/help.h"
#include "core/cli/host_loop.h"
#include "core/cli/terminal.h"
#include "core/inspect/bytes.h"
#include "core/inspect/event_json.h"

namespace lucid::cli {
namespace {

using session::Connection;

int complain(const Failure& failure) {
  std::fprintf(stderr, "lucid86: %s\n", failure.message.c_str());
  return failure.code;
}

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

int conclude(const session::Session& session, LoopEnd end, const RunOptions& options) {
  switch (end) {
    case LoopEnd::broken_pipe:
      return exit_broken_pipe;
    case LoopEnd::quit:
      return 128 + SIGTERM;
    case LoopEnd::limit:
      return complain(
          {exit_limit, "stopped after " + std::to_string(options.max_instructions) + " instructions (--max-insns)"});
    case LoopEnd::nothing_to_wait_for:
      return complain(
          {exit_machine, "the machine is idle for ever: every process waits for something that cannot come"});
    case LoopEnd::machine:
      break;
  }
  if (session.last_stop() == session::Stop::powered_off) return session.exit_status();
  return complain({exit_machine, session.death_reason()});
}

/// Standard input decides how a shell is connected; a program gets plain bytes unless told otherwise.
Connection connection_for(const RunOptions& options) {
  if (options.tty) return Connection::tty;
  return options.program.empty() && isatty(STDIN_FILENO) ? Connection::tty : Connection::raw;
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

int run_command(const std::vector<std::string>& arguments) {
  auto parsed = parse_run_options(arguments);
  if (!parsed) return complain(parsed.error());
  const RunOptions& options = parsed.value();
  if (options.help) return std::fputs(run_help, stdout) < 0 ? exit_host : 0;
  signal(SIGPIPE, SIG_IGN);

  std::unique_ptr<OutputFile> events, strace;
  if (auto failure = open_output("--events", options.events_file, events)) return complain(*failure);
  if (auto failure = open_output("--strace", options.strace_file, strace)) return complain(*failure);
  if (options.strace && !strace) strace = std::make_unique<OutputFile>(STDERR_FILENO);

  const Connection connection = connection_for(options);
  auto set_up = set_up_guest(options, connection);
  if (!set_up) return complain(set_up.error());
  const auto guest = set_up.take();
  for (const auto& note : guest.notes) std::fprintf(stderr, "lucid86: note: %s\n", note.c_str());
  session::Session& session = *guest.session;
  session.set_strace(strace || events);
  if (events) {
    session.set_event_sink([&](const trace::Event& event, const std::string& text) {
      events->write(inspect::event_json(event, text) + "\n");
    });
  }

  const auto start = std::chrono::steady_clock::now();
  LoopEnd end;
  {
    std::optional<RawTerminal> raw;
    if (connection == Connection::tty && isatty(STDIN_FILENO)) raw.emplace();
    end = HostLoop(session, connection, options.max_instructions, strace.get()).run();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  int code = conclude(session, end, options);
  for (const auto* file : {events.get(), strace.get()}) {
    if (!file) continue;
    const_cast<OutputFile*>(file)->flush();
    if (file->error() == EPIPE)
      code = exit_broken_pipe;
    else if (file->error() != 0)
      code = complain({exit_host, std::string("writing events or system calls: ") + std::strerror(file->error())});
  }
  if (options.stats) print_stats(session, end, seconds.count(), code);
  return code;
}

}  // namespace lucid::cli
