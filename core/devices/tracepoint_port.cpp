// SPDX-License-Identifier: MIT
#include "core/devices/tracepoint_port.h"

#include <algorithm>

namespace lucid::devices {
namespace {

using abi::Trace;
using trace::Kind;

Kind kind_of(u32 record_kind) {
  switch (static_cast<Trace>(record_kind)) {
    case Trace::introspect:
      return Kind::introspect_ready;
    case Trace::boot_phase:
      return Kind::boot_phase;
    case Trace::forked:
      return Kind::forked;
    case Trace::execed:
      return Kind::execed;
    case Trace::exec_failed:
      return Kind::exec_failed;
    case Trace::exited:
      return Kind::exited;
    case Trace::reaped:
      return Kind::reaped;
    case Trace::reparented:
      return Kind::reparented;
    case Trace::switched:
      return Kind::switched;
    case Trace::fault_resolved:
      return Kind::fault_resolved;
    case Trace::blocked:
      return Kind::blocked;
    case Trace::woken:
      return Kind::woken;
    case Trace::signal_sent:
      return Kind::signal_sent;
    case Trace::signal_delivered:
      return Kind::signal_delivered;
    case Trace::frame_allocated:
      return Kind::frame_allocated;
    case Trace::paged_out:
      return Kind::paged_out;
    case Trace::paged_in:
      return Kind::paged_in;
    case Trace::reclaimed:
      return Kind::reclaimed;
    case Trace::out_of_memory:
      return Kind::out_of_memory;
    case Trace::swap_on:
      return Kind::swap_on;
    case Trace::format_asked:
      return Kind::format_asked;
    case Trace::swap_off:
      return Kind::swap_off;
    case Trace::page_filled:
      return Kind::page_filled;
    case Trace::page_written:
      return Kind::page_written;
    case Trace::frame_freed:
      return Kind::frame_freed;
    case Trace::panicked:
      return Kind::panicked;
    case Trace::powered_off:
      return Kind::powered_off;
    case Trace::policy_chosen:
      return Kind::policy_chosen;
    case Trace::syscall_unknown:
      return Kind::syscall_unknown;
  }
  return Kind::count;
}

}  // namespace

void TracepointPort::write_port(u16, u32 value, unsigned size) {
  abi::TraceRecord record;
  if (size != 4 || !ram_.read(Gpa{value}, {reinterpret_cast<u8*>(&record), sizeof record})) return;
  const Kind kind = kind_of(record.kind);
  if (kind == Kind::count) return;
  const u64* a = record.args;
  current_pid_ = record.pid;
  if (kind == Kind::introspect_ready) state_.introspect_header = Gpa{a[0]};
  if (kind == Kind::panicked) keep_panic_message(Gpa{a[0]}, a[1]);
  recorder_.record(kind, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (kind == Kind::switched) current_pid_ = static_cast<u32>(a[1]);
}

void TracepointPort::keep_panic_message(Gpa at, u64 length) {
  state_.panicked = true;
  std::string text(std::min(length, max_panic_message), '\0');
  if (!ram_.read(at, {reinterpret_cast<u8*>(text.data()), text.size()})) text = "(its message lies outside RAM)";
  for (char& c : text)
    if (c < ' ' || c > '~') c = ' ';
  text.erase(text.find_last_not_of(' ') + 1);
  state_.panic_message = text;
}

}  // namespace lucid::devices
