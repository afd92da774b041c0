// SPDX-License-Identifier: MIT
// The record of a run: a ring of the newest events, a count and a running hash of all of them.
// Two runs are equal when count and hash are equal. The board stamps time and process; producers
// (CPU, devices) only say what happened.
#pragma once
#include <array>

#include "core/base/room.h"
#include "core/trace/event.h"

namespace lucid::trace {

class EventLog {
 public:
  static constexpr u64 capacity = 1 << 16;  // newest events kept; older ones must be read as they come

  /// Time source read for each event; the board keeps both counters current.
  struct Stamp {
    u64 instruction = 0;
    u64 time = 0;
    u32 pid = 0;
    u8 cpl = 0;
  };

  void append(const Stamp& stamp, Kind kind, u64 a0 = 0, u64 a1 = 0, u64 a2 = 0, u64 a3 = 0, u64 a4 = 0, u64 a5 = 0,
              u64 a6 = 0);

  /// Events ever appended; event i (0-based) can be read while first() <= i < count().
  u64 count() const { return count_; }
  u64 first() const { return first_; }
  const Event& at(u64 index) const { return ring_[index % capacity]; }
  u64 hash() const { return hash_; }
  u64 count_of(Kind kind) const { return counts_[static_cast<unsigned>(kind)]; }

  /// A point of the log, to come back to.
  struct Mark {
    u64 count = 0;
    u64 hash = initial_hash;
    std::array<u64, static_cast<unsigned>(Kind::count)> counts{};
  };
  Mark mark() const { return {count_, hash_, counts_}; }
  /// Goes on as if exactly the events up to the mark had been logged. Those that the ring does not
  /// hold any more, or never did, cannot be read.
  void rewind(const Mark& mark);

  /// Kinds after which a run should stop (see cpu::Cpu::run); `stop_requested` is set when one came.
  void set_stop_kinds(KindSet kinds) { stop_kinds_ = kinds; }
  KindSet stop_kinds() const { return stop_kinds_; }
  bool stop_requested() const { return stop_requested_; }
  void clear_stop_request() { stop_requested_ = false; }

 private:
  static constexpr u64 initial_hash = 0xcbf29ce484222325;

  Room<Event> ring_{capacity};
  u64 count_ = 0;
  u64 first_ = 0;
  u64 hash_ = initial_hash;
  std::array<u64, static_cast<unsigned>(Kind::count)> counts_{};
  KindSet stop_kinds_;
  bool stop_requested_ = false;
};

}  // namespace lucid::trace
