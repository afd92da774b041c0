// SPDX-License-Identifier: MIT
#include "core/session/event_names.h"

#include <algorithm>
#include <iterator>

#include "core/abi/tracepoint.h"
#include "core/inspect/syscall_text.h"

namespace lucid::session {
namespace {

using abi::FaultOutcome;
using trace::Kind;

struct Alias {
  std::string_view name;
  Kind kind;
  int arg;
  u64 value;
};
constexpr int outcome = 2, vector = 0;  // places among the arguments
constexpr Alias aliases[] = {
    {"cow", Kind::fault_resolved, outcome, static_cast<u64>(FaultOutcome::cow_copied)},
    {"cow-reuse", Kind::fault_resolved, outcome, static_cast<u64>(FaultOutcome::cow_reused)},
    {"demand-zero", Kind::fault_resolved, outcome, static_cast<u64>(FaultOutcome::demand_zero)},
    {"file-page", Kind::fault_resolved, outcome, static_cast<u64>(FaultOutcome::file_page)},
    {"stack-growth", Kind::fault_resolved, outcome, static_cast<u64>(FaultOutcome::stack_grown)},
    {"swap-in", Kind::fault_resolved, outcome, static_cast<u64>(FaultOutcome::swapped_in)},
    {"segv", Kind::fault_resolved, outcome, static_cast<u64>(FaultOutcome::signalled)},
    {"page-fault", Kind::exception_raised, vector, 14},
    {"general-protection", Kind::exception_raised, vector, 13},
    {"invalid-opcode", Kind::exception_raised, vector, 6},
    {"divide-error", Kind::exception_raised, vector, 0},
    {"timer", Kind::irq_raised, 0, 0},
};

bool only_while_observed(Kind kind) {
  return kind == Kind::instruction_retired || kind == Kind::memory_read || kind == Kind::memory_written;
}

}  // namespace

std::optional<EventName> find_event(std::string_view name) {
  EventName any;
  for (unsigned i = 0; i < static_cast<unsigned>(Kind::count); ++i) {
    const Kind kind = static_cast<Kind>(i);
    if (name == trace::info(kind).json_name) return EventName{trace::KindSet{}.with(kind)};
    if (!only_while_observed(kind)) any.kinds = any.kinds.with(kind);
  }
  if (name == "any") return any;
  for (const Alias& alias : aliases) {
    if (name == alias.name) return EventName{trace::KindSet{}.with(alias.kind), alias.arg, alias.value};
  }
  return std::nullopt;
}

bool is_event_argument(std::string_view name) {
  for (unsigned i = 0; i < static_cast<unsigned>(Kind::count); ++i) {
    const auto& names = trace::info(static_cast<Kind>(i)).arg_names;
    if (std::any_of(std::begin(names), std::end(names), [&](const char* each) { return *each && name == each; }))
      return true;
  }
  return false;
}

std::string event_names() {
  std::string names;
  for (unsigned i = 0; i < static_cast<unsigned>(Kind::count); ++i) {
    if (only_while_observed(static_cast<Kind>(i))) continue;
    names += std::string(trace::info(static_cast<Kind>(i)).json_name) + ", ";
  }
  for (const Alias& alias : aliases) names += std::string(alias.name) + ", ";
  return names + "any";
}

std::optional<u64> find_syscall(std::string_view name) {
  constexpr u64 most = 512;
  for (u64 number = 0; number < most; ++number) {
    if (name == inspect::syscall_name(number)) return number;
  }
  return std::nullopt;
}

}  // namespace lucid::session
