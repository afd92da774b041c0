// SPDX-License-Identifier: MIT
#include "core/trace/event_log.h"

#include <algorithm>

namespace lucid::trace {
namespace {

constexpr u64 multiplier = 0x9e3779b97f4a7c15;

/// Order-dependent mix of one word into a running hash (a 64-bit multiply-xorshift).
u64 mix(u64 hash, u64 word) {
  hash = (hash ^ word) * multiplier;
  return hash ^ hash >> 29;
}

/// A sum of the event's words, each times its own odd number: they do not wait for each other, as ten
/// words mixed one after the other would (an event then takes three times as long).
u64 digest(const Event& event) {
  u64 sum = event.instruction * 0xbf58476d1ce4e5b9 + event.time * 0x94d049bb133111eb;
  sum += (static_cast<u64>(event.kind) | u64{event.cpl} << 16 | u64{event.pid} << 32) * 0xd6e8feb86659fd93;
  u64 factor = multiplier;
  for (const u64 arg : event.args) sum += arg * factor, factor += 0x6a09e667f3bcc908;  // stays odd
  return sum;
}

}  // namespace

void EventLog::append(const Stamp& stamp, Kind kind, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6) {
  Event& event = ring_[count_ % capacity];
  event = {stamp.instruction, stamp.time, kind, stamp.cpl, 0, stamp.pid, {a0, a1, a2, a3, a4, a5, a6}};
  ++count_;
  if (count_ - first_ > capacity) first_ = count_ - capacity;
  ++counts_[static_cast<unsigned>(kind)];
  hash_ = mix(hash_, digest(event));
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
