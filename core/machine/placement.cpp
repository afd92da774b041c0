// SPDX-License-Identifier: MIT
#include "core/machine/placement.h"

#include <algorithm>
#include <cassert>

namespace lucid::machine {
namespace {

constexpr u32 type_ram = 1, type_reserved = 2;

constexpr u64 page_up(u64 value) { return (value + page_mask) & ~page_mask; }

}  // namespace

std::vector<MemoryRange> memory_map(u64 ram_size) {
  return {{0, hole_start, type_ram},
          {hole_start, hole_end - hole_start, type_reserved},
          {hole_end, ram_size - hole_end, type_ram}};
}

Placement::Placement(u64 ram_size) : ram_size_(ram_size), taken_{{0, page_size}, {hole_start, hole_end}} {}

bool Placement::take(u64 start, u64 size) {
  if (start > ram_size_ || size > ram_size_ - start) return false;
  taken_.push_back({start, start + size});
  return true;
}

Result<bool> Placement::take_segments(const std::vector<KernelSegment>& segments) {
  for (const KernelSegment& segment : segments) {
    if (take(segment.at.value, segment.memory_size)) continue;
    return Error{"kernel: needs memory up to " + mebibytes(segment.end()) + ", the machine has " +
                 mebibytes(ram_size_) + "; give it more memory"};
  }
  return true;
}

u64 Placement::blocker_end(u64 start, u64 size) const {
  u64 end = 0;
  for (const Taken& taken : taken_)
    if (start < taken.end && start + size > taken.start) end = std::max(end, taken.end);
  return end;
}

u64 Placement::take_lowest(u64 size, u64 from) {
  u64 start = page_up(from);
  while (const u64 blocked = blocker_end(start, size)) start = page_up(blocked);
  return take(start, size) ? start : 0;
}

u64 Placement::take_highest(u64 size, u64 limit) {
  u64 end = std::min(limit, ram_size_);
  while (end >= size) {
    const u64 start = (end - size) & ~page_mask;
    if (blocker_end(start, size) == 0) return take(start, size) ? start : 0;
    u64 below = 0;  // the start of the lowest range in the way
    for (const Taken& taken : taken_)
      if (start < taken.end && start + size > taken.start) below = below ? std::min(below, taken.start) : taken.start;
    end = below;
  }
  return 0;
}

std::string mebibytes(u64 bytes) { return std::to_string((bytes >> 20) + ((bytes & 0xfffff) != 0)) + " MiB"; }

void put(mem::PhysicalMemory& ram, u64 at, std::span<const u8> bytes) {
  [[maybe_unused]] const bool fits = ram.write(Gpa{at}, bytes);
  assert(fits);
}

void put_segments(mem::PhysicalMemory& ram, const std::vector<KernelSegment>& segments) {
  for (const KernelSegment& segment : segments) {
    put(ram, segment.at.value, segment.bytes);
    std::fill_n(ram.data() + segment.at.value + segment.bytes.size(), segment.memory_size - segment.bytes.size(),
                u8{0});
    for (u64 frame = segment.at.frame_number(); frame * page_size < segment.end(); ++frame) ram.touch(frame);
  }
}

InfoBlock::InfoBlock(Placement& placement, u64 from, u64 text)
    : capacity_(room_for_tables + text), at_(placement.take_lowest(capacity_, from)) {}

u64 InfoBlock::add_bytes(std::span<const u8> bytes) {
  const u64 at = next();
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  bytes_.resize((bytes_.size() + 7) & ~size_t{7});
  assert(bytes_.size() <= capacity_);
  return at;
}

u64 InfoBlock::add_text(std::string_view text) {
  const std::string copy(text);
  return add_bytes({reinterpret_cast<const u8*>(copy.c_str()), copy.size() + 1});
}

}  // namespace lucid::machine
