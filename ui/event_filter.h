// SPDX-License-Identifier: MIT
// Which events of the record the reader wants listed.
#pragma once
#include <optional>
#include <vector>

#include "core/session/session.h"

namespace lucid::ui {

struct EventGroup {
  const char* name;
  trace::KindSet kinds;
  const char* explain;
};

/// In the order of their chips.
const std::vector<EventGroup>& event_groups();

struct EventFilter {
  static constexpr u64 most_listed = 400;

  u32 groups = ~u32{0};  // bit i: event_groups()[i]
  u32 pid = 0;           // 0 = of all processes
  /// Only those that speak of an address or frame in here.
  std::optional<std::pair<u64, u64>> address;

  friend bool operator==(const EventFilter&, const EventFilter&) = default;
};

struct NumberedEvent {
  u64 number;  // in the record
  trace::Event event;
};

/// The last that fit before now, newest first.
std::vector<NumberedEvent> list_events(const session::Session& session, const EventFilter& filter);

/// One line about an event for a person, e.g. "write(1, 0x4010, 6)" or "page fault at …: copied".
std::string describe(const trace::Event& event);
/// One sentence on what such an event is.
const char* explain(trace::Kind kind);

}  // namespace lucid::ui
