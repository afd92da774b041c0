// SPDX-License-Identifier: MIT
// All events of a run, packed: each field is stored as its difference from the last event of the
// same kind, in as few bytes as it needs (about 12 to 20 for an event of 80). Where the ring of the
// EventLog ends, this goes on: up to a budget of bytes, then the oldest are dropped, chunk by chunk.
#pragma once
#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "core/trace/event.h"

namespace lucid::trace {

class EventRecord {
 public:
  static constexpr u64 chunk_events = 512;

  /// Events ever appended (and not taken back); event i can be read while first() <= i < size().
  u64 size() const { return size_; }
  u64 first() const { return chunks_.empty() ? size_ : chunks_.front().first; }
  u64 bytes() const { return bytes_; }

  void append(const Event& event);
  /// Takes back all events from index `size` on.
  void truncate(u64 size);
  /// Drops the oldest chunks until at most `bytes` are held.
  void shrink(u64 bytes);
  void clear() { *this = {}; }

  /// Calls fn(index, event) for the events from <= index < to that are held, in order.
  template <typename Fn>
  void read(u64 from, u64 to, Fn fn) const {
    for (u64 i = std::max(from, first()); i < std::min(to, size_);) {
      const std::vector<Event>& events = unpacked(i);
      for (const u64 base = unpacked_first_; i < std::min<u64>(to, base + events.size()); ++i) fn(i, events[i - base]);
    }
  }
  /// The index of the last event before `before` that is of one of the kinds and for which fits(event).
  template <typename Fn>
  std::optional<u64> find_last(KindSet kinds, u64 before, Fn fits) const {
    for (auto chunk = chunks_.rbegin(); chunk != chunks_.rend(); ++chunk) {
      if (chunk->first >= before || (chunk->kinds.bits & kinds.bits) == 0) continue;
      const std::vector<Event>& events = unpacked(chunk->first);
      for (u64 i = std::min<u64>(before - chunk->first, events.size()); i-- > 0;) {
        if (kinds.contains(events[i].kind) && fits(events[i])) return chunk->first + i;
      }
    }
    return std::nullopt;
  }
  /// How many events have event.time < time (times never decrease).
  u64 count_before(u64 time) const;
  Event at(u64 index) const;  // first() <= index < size()

 private:
  struct Previous {
    Event event;                                                                // of any kind
    std::array<std::array<u64, 7>, static_cast<unsigned>(Kind::count)> args{};  // by kind
  };
  struct Chunk {
    u64 first = 0;  // index of its first event
    u64 first_time = 0;
    KindSet kinds;
    std::vector<u8> bytes;
  };

  const std::vector<Event>& unpacked(u64 index) const;
  static void pack(std::vector<u8>& out, const Event& event, Previous& previous);

  std::deque<Chunk> chunks_;
  u64 size_ = 0, bytes_ = 0;
  Previous previous_;                    // of the last chunk
  mutable std::vector<Event> unpacked_;  // the chunk that was read last
  mutable u64 unpacked_first_ = ~u64{0};
};

}  // namespace lucid::trace
