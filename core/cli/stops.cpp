// SPDX-License-Identifier: MIT
#include "core/cli/stops.h"

#include <unistd.h>

#include <algorithm>

#include "core/inspect/bytes.h"
#include "core/inspect/event_json.h"
#include "core/session/dump.h"

namespace lucid::cli {
namespace {

Failure misunderstood(const char* option, const std::string& text, const session::ExpressionError& error) {
  return {exit_usage, std::string(option) + ": " + error.shown(text)};
}

std::string text_of(const cpu::WatchHit& hit) {
  const char* what = hit.access == mem::Access::write ? "write" : "read";
  return std::string(what) + " of " + std::to_string(hit.bytes) + " bytes at " + inspect::hex(hit.at.value) +
         " (physical " + inspect::hex(hit.physical.value) + ")";
}

}  // namespace

Result<std::unique_ptr<Stops>, Failure> Stops::set(session::Session& session, const StopOptions& options) {
  std::optional<OutputFile> out;
  if (options.dump_file.empty()) {
    out.emplace(STDERR_FILENO);
  } else {
    auto created = OutputFile::create(options.dump_file);
    if (!created) return Failure{exit_host, "--dump-file " + created.error().message};
    out.emplace(created.take());
  }
  std::unique_ptr<Stops> stops(new Stops(std::move(*out)));
  for (const std::string& text : options.breaks) {
    if (auto added = session.add_breakpoint(text); !added) return misunderstood("--break", text, added.error());
  }
  for (const std::string& text : options.untils) {
    auto added = session.add_breakpoint(text);
    if (!added) return misunderstood("--until", text, added.error());
    stops->ends_.insert(added.value());
  }
  for (const std::string& what : options.dumps) {
    if (auto text = session::dump(session, what); !text) return misunderstood("--dump", what, text.error());
  }
  if (!options.dumps.empty() && options.breaks.empty() && options.untils.empty())
    return Failure{exit_usage, "--dump needs a --break or --until that says when"};
  stops->dumps_ = options.dumps;
  return stops;
}

bool Stops::reached(const session::Session& session) {
  const session::BreakpointHit& hit = session.last_hit();
  bool ends = false;
  for (const session::BreakpointView& each : session.breakpoint_list()) {
    if (std::find(hit.ids.begin(), hit.ids.end(), each.id) == hit.ids.end()) continue;
    ends |= ends_.count(each.id) != 0;
    out_.write("--- " + each.text + " (" + std::to_string(each.hits) + "): " + session::where_text(session) + "\n");
  }
  if (hit.has_event) out_.write(inspect::event_json(hit.event) + "\n");
  for (const cpu::WatchHit& access : hit.accesses) out_.write(text_of(access) + "\n");
  for (const std::string& what : dumps_) {
    if (auto text = session::dump(session, what)) out_.write(text.value());
  }
  out_.flush();
  return ends;
}

}  // namespace lucid::cli
