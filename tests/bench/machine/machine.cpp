// SPDX-License-Identifier: MIT
#include "tests/bench/machine/machine.h"

#include "core/session/overlay.h"

namespace lucid::bench {
namespace {

using session::Connection;
using session::Stop;

std::string field(const char* name, u64 value) {
  return "\"" + std::string(name) + "\":" + std::to_string(value) + ",";
}

/// Output of benchmarks is plain text; anything else becomes a space.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text)
    out += c == '\n' ? std::string("\\n") : c < ' ' || c > '~' || c == '"' || c == '\\' ? " " : std::string(1, c);
  return out + "\"";
}

}  // namespace

Result<std::unique_ptr<Run>> Run::start(const Job& job) {
  session::Config config;
  config.kernel = job.kernel;
  std::vector<u8> overlay;
  if (!job.archives.empty()) {
    for (const auto& archive : job.archives) config.archives.push_back(archive);
    const Connection connection = job.program.empty() ? Connection::tty : Connection::raw;
    overlay = session::program_overlay(job.program, session::default_environment(), connection);
    config.archives.push_back(overlay);
    config.command_line = session::command_line_for(connection);
  }
  auto created = session::Session::create(config);
  if (!created) return created.error();
  auto run = std::make_unique<Run>();
  run->session_ = created.take();
  run->session_->set_observed(job.observed);
  return run;
}

bool Run::advance(u64 instructions) {
  stop_ = session_->run({instructions, ~u64{0}, {}});
  return stop_ == Stop::limit;
}

std::string Run::report() const {
  const session::Stats s = session_->stats();
  const int status = stop_ == Stop::powered_off ? session_->exit_status() : stop_ == Stop::idle ? -1 : -2;
  return "{" + field("instructions", s.instructions) + field("events", session_->events().count()) +
         field("interrupts", s.interrupts) + field("system_calls", s.system_calls) +
         field("context_switches", s.context_switches) + field("forks", s.forks) +
         "\"status\":" + std::to_string(status) + ",\"output\":" + quoted(session_->output(0, 0)) + "}";
}

}  // namespace lucid::bench
