// SPDX-License-Identifier: MIT
#include "ui/event_filter.h"

namespace lucid::ui {
namespace {

using trace::Kind;

trace::KindSet set(std::initializer_list<Kind> kinds) {
  trace::KindSet result;
  for (const Kind kind : kinds) result = result.with(kind);
  return result;
}

/// CR3 changes at every switch: other views show that better.
bool worth_listing(const trace::Event& event) { return event.kind != Kind::control_written || event.args[0] != 3; }

bool speaks_of(const trace::Event& event, u64 from, u64 to) {
  for (const u64 arg : event.args) {
    if (arg >= from && arg < to) return true;
    if (event.kind == Kind::fault_resolved && (arg & ~page_mask) == (from & ~page_mask)) return true;
  }
  return false;
}

}  // namespace

const std::vector<EventGroup>& event_groups() {
  static const std::vector<EventGroup> groups = {
      {"Calls", set({Kind::syscall_entered, Kind::syscall_unknown}), "a program asks the kernel for something"},
      {"Faults", set({Kind::exception_raised, Kind::fault_resolved, Kind::invalid_opcode}),
       "an instruction cannot go on, and what the kernel does about it"},
      {"Interrupts", set({Kind::key_pressed, Kind::irq_raised, Kind::interrupt_delivered, Kind::software_interrupt}),
       "a device asks for the processor, or it or INT takes it"},
      {"Processes",
       set({Kind::forked, Kind::execed, Kind::exec_failed, Kind::exited, Kind::reaped, Kind::reparented,
            Kind::signal_sent, Kind::signal_delivered}),
       "births, new programs, signals and ends"},
      {"Switches", set({Kind::switched, Kind::policy_chosen}), "another process gets the processor"},
      {"Machine",
       set({Kind::boot_phase, Kind::control_written, Kind::shut_down, Kind::exit_requested, Kind::panicked,
            Kind::powered_off, Kind::introspect_ready}),
       "boot, control registers and the end"}};
  return groups;
}

std::vector<NumberedEvent> list_events(const session::Session& session, const EventFilter& filter) {
  trace::KindSet kinds;
  for (size_t i = 0; i < event_groups().size(); ++i)
    if (filter.groups >> i & 1) kinds.bits |= event_groups()[i].kinds.bits;
  const auto fits = [&](const trace::Event& event) {
    return worth_listing(event) && (filter.pid == 0 || event.pid == filter.pid) &&
           (!filter.address || speaks_of(event, filter.address->first, filter.address->second));
  };
  std::vector<NumberedEvent> list;
  std::optional<u64> before = session.events_before_now();
  while (list.size() < EventFilter::most_listed) {
    before = session.record().find_last(kinds, *before, fits);
    if (!before) break;
    list.push_back({*before, session.record().at(*before)});
  }
  return list;
}

}  // namespace lucid::ui
