// SPDX-License-Identifier: MIT
// Events by the names people know them by, besides those of event_kinds.def.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/trace/event.h"

namespace lucid::session {

/// Kinds, and what one of the arguments must be.
struct EventName {
  trace::KindSet kinds;
  int arg = -1;  // -1 = whatever the arguments are
  u64 value = 0;
};

/// "fork", "cow", "page-fault", "any" …
std::optional<EventName> find_event(std::string_view name);
/// Whether some kind of event has an argument of this name.
bool is_event_argument(std::string_view name);
/// All names, for a message.
std::string event_names();

std::optional<u64> find_syscall(std::string_view name);

}  // namespace lucid::session
