// SPDX-License-Identifier: MIT
#include "core/trace/event_record.h"

#include <algorithm>

namespace lucid::trace {
namespace {

/// Seven bits a byte, low ones first, the top bit set on all but the last.
void put(std::vector<u8>& out, u64 value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<u8>(value | 0x80));
  out.push_back(static_cast<u8>(value));
}
u64 take(const u8*& at) {
  u64 value = 0;
  for (unsigned shift = 0;; shift += 7) {
    value |= u64{*at & 0x7fu} << shift;
    if (!(*at++ & 0x80)) return value;
  }
}

/// Small differences of either sign as small numbers.
u64 fold(u64 difference) { return difference << 1 ^ (difference >> 63 ? ~u64{0} : 0); }
u64 unfold(u64 folded) { return folded >> 1 ^ (folded & 1 ? ~u64{0} : 0); }

unsigned used_args(const Event& event) {
  unsigned count = 7;
  while (count > 0 && event.args[count - 1] == 0) --count;
  return count;
}

}  // namespace

void EventRecord::pack(std::vector<u8>& out, const Event& event, Previous& previous) {
  const unsigned count = used_args(event);
  auto& last = previous.args[static_cast<unsigned>(event.kind)];
  out.push_back(static_cast<u8>(event.kind));
  out.push_back(static_cast<u8>(count | event.cpl << 3 | (event.pid != previous.event.pid) << 5));
  put(out, fold(event.instruction - previous.event.instruction));
  put(out, fold(event.time - event.instruction - (previous.event.time - previous.event.instruction)));
  if (event.pid != previous.event.pid) put(out, event.pid);
  for (unsigned i = 0; i < count; ++i) put(out, fold(event.args[i] - last[i]));
  std::copy_n(event.args, 7, last.begin());
  previous.event = event;
}

void EventRecord::append(const Event& event) {
  if (size_ == 0 || chunks_.empty() || size_ - chunks_.back().first == chunk_events) {
    chunks_.push_back({size_, event.time, {}, {}});
    previous_ = {};
  }
  Chunk& chunk = chunks_.back();
  const size_t before = chunk.bytes.size();
  chunk.kinds = chunk.kinds.with(event.kind);
  pack(chunk.bytes, event, previous_);
  bytes_ += chunk.bytes.size() - before;
  if (unpacked_first_ == chunk.first) unpacked_.push_back(event);
  ++size_;
}

const std::vector<Event>& EventRecord::unpacked(u64 index) const {
  if (index >= unpacked_first_ && index - unpacked_first_ < unpacked_.size()) return unpacked_;
  auto chunk = std::upper_bound(chunks_.begin(), chunks_.end(), index,
                                [](u64 wanted, const Chunk& each) { return wanted < each.first; });
  --chunk;
  Previous previous;
  unpacked_.clear();
  unpacked_first_ = chunk->first;
  for (const u8 *at = chunk->bytes.data(), *end = at + chunk->bytes.size(); at < end;) {
    Event event;
    event.kind = static_cast<Kind>(*at++);
    const unsigned head = *at++;
    event.cpl = head >> 3 & 3;
    event.instruction = previous.event.instruction + unfold(take(at));
    event.time = event.instruction + (previous.event.time - previous.event.instruction) + unfold(take(at));
    event.pid = head >> 5 & 1 ? static_cast<u32>(take(at)) : previous.event.pid;
    auto& last = previous.args[static_cast<unsigned>(event.kind)];
    for (unsigned i = 0; i < (head & 7); ++i) event.args[i] = last[i] + unfold(take(at));
    std::copy_n(event.args, 7, last.begin());
    previous.event = event;
    unpacked_.push_back(event);
  }
  return unpacked_;
}

void EventRecord::truncate(u64 size) {
  while (!chunks_.empty() && chunks_.back().first >= size) {
    bytes_ -= chunks_.back().bytes.size();
    chunks_.pop_back();
  }
  if (size < size_ && !chunks_.empty()) {
    // The last chunk is packed anew up to there.
    const std::vector<Event> kept(unpacked(chunks_.back().first));
    Chunk& chunk = chunks_.back();
    bytes_ -= chunk.bytes.size();
    const u64 first = chunk.first;
    size_ = first;
    chunks_.pop_back();
    unpacked_.clear();
    unpacked_first_ = ~u64{0};
    for (u64 i = first; i < size; ++i) append(kept[i - first]);
  }
  size_ = std::min(size_, size);
  unpacked_.clear();
  unpacked_first_ = ~u64{0};
}

void EventRecord::shrink(u64 bytes) {
  while (bytes_ > bytes && chunks_.size() > 1) {
    bytes_ -= chunks_.front().bytes.size();
    chunks_.pop_front();
  }
}

u64 EventRecord::count_before(u64 time) const {
  // The last chunk that begins before `time`: those before it are wholly earlier.
  auto chunk = std::lower_bound(chunks_.begin(), chunks_.end(), time,
                                [](const Chunk& each, u64 wanted) { return each.first_time < wanted; });
  if (chunk == chunks_.begin()) return first();
  --chunk;
  u64 count = chunk->first;
  for (const Event& event : unpacked(chunk->first)) {
    if (event.time >= time) break;
    ++count;
  }
  return count;
}

Event EventRecord::at(u64 index) const { return unpacked(index)[index - unpacked_first_]; }

}  // namespace lucid::trace
