// SPDX-License-Identifier: MIT
#include "core/trace/event_log.h"

#include <algorithm>

namespace lucid::trace {
namespace {

/// Order-dependent mix of one word into a running hash (a 64-bit multiply-xorshift).
u64 mix(u64 hash, u64 word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

}  // namespace

EventLog::EventLog() : ring_(std::make_unique<Event[]>(capacity)) {}

void EventLog::append(const Stamp& stamp, Kind kind, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6) {
  Event& event = ring_[count_ % capacity];
  event = {stamp.instruction, stamp.time, kind, stamp.cpl, 0, stamp.pid, {a0, a1, a2, a3, a4, a5, a6}};
  ++count_;
  if (count_ - first_ > capacity) first_ = count_ - capacity;
  ++counts_[static_cast<unsigned>(kind)];
  u64 hash = mix(hash_, stamp.instruction);
  hash = mix(hash, stamp.time);
  hash = mix(hash, static_cast<u64>(kind) | u64{stamp.cpl} << 16 | u64{stamp.pid} << 32);
  for (const u64 arg : event.args) hash = mix(hash, arg);
  hash_ = hash;
  if (stop_kinds_.contains(kind)) stop_requested_ = true;
}

void EventLog::rewind(const Mark& mark) {
  first_ = mark.count > count_ ? mark.count : std::min(first_, mark.count);
  count_ = mark.count;
  hash_ = mark.hash;
  counts_ = mark.counts;
  stop_requested_ = false;
}

}  // namespace lucid::trace
