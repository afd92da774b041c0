// SPDX-License-Identifier: MIT
// Where a loader may put things: physical memory as a PC's firmware leaves it, and what is taken.
//
//   0 ……… 0xa0000  RAM (page 0 is left alone)      0xa0000 ……… 0x100000  hole: video memory, ROMs
//   1 MiB ……… end  RAM
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/machine/elf_kernel.h"
#include "core/mem/physical_memory.h"

namespace lucid::machine {

/// Video memory and ROMs of a PC.
constexpr u64 hole_start = 0xa'0000, hole_end = 0x10'0000;

struct MemoryRange {
  u64 start = 0, size = 0;
  u32 type = 0;  // as E820: 1 = RAM, 2 = reserved
};
/// What a firmware would report, by address and without gaps.
std::vector<MemoryRange> memory_map(u64 ram_size);

class Placement {
 public:
  explicit Placement(u64 ram_size);

  u64 ram_size() const { return ram_size_; }
  /// Marks a range as taken; false when it is not all RAM.
  bool take(u64 start, u64 size);
  /// Takes what a kernel's segments need; an error names the memory it would need.
  Result<bool> take_segments(const std::vector<KernelSegment>& segments);
  /// Take `size` bytes, page-aligned, as low as possible but not below `from`, or as high as possible
  /// and ending at or below `limit`. 0 = there is no room.
  u64 take_lowest(u64 size, u64 from);
  u64 take_highest(u64 size, u64 limit);

 private:
  struct Taken {
    u64 start, end;
  };
  u64 blocker_end(u64 start, u64 size) const;  // of a taken range that overlaps; 0 = free
  u64 ram_size_;
  std::vector<Taken> taken_;
};

/// "12 MiB", rounded up.
std::string mebibytes(u64 bytes);

// --- for what was placed before ---
void put(mem::PhysicalMemory& ram, u64 at, std::span<const u8> bytes);
void put_segments(mem::PhysicalMemory& ram, const std::vector<KernelSegment>& segments);

/// A block of tables and strings for the kernel to read, in one free place of low memory.
class InfoBlock {
 public:
  /// Takes the place, lowest at or above `from`; `text` bytes of strings will come in.
  InfoBlock(Placement& placement, u64 from, u64 text);

  bool placed() const { return at_ != 0; }
  /// Address of a copy of `value`, eight-byte aligned; values whose size is a multiple of eight follow
  /// each other without a gap.
  template <typename T>
  u64 add(const T& value) {
    return add_bytes({reinterpret_cast<const u8*>(&value), sizeof value});
  }
  u64 add_text(std::string_view text);  // NUL-terminated
  u64 next() const { return at_ + bytes_.size(); }
  void write(mem::PhysicalMemory& ram) const { put(ram, at_, bytes_); }

 private:
  static constexpr u64 room_for_tables = 0x1000;

  u64 add_bytes(std::span<const u8> bytes);

  u64 capacity_, at_;
  std::vector<u8> bytes_;
};

inline Error no_room_for_info() { return {"kernel: leaves no room in memory for its boot information"}; }

}  // namespace lucid::machine
