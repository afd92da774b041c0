// SPDX-License-Identifier: MIT
#include "core/session/disk_image.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/inspect/archive.h"
#include "core/inspect/elf_format.h"
#include "core/session/partition_table.h"

namespace lucid::session {
namespace {

constexpr u64 alignment = 1 << 20;  // of partitions, usual nowadays

u64 round_up(u64 value, u64 unit) { return (value + unit - 1) / unit * unit; }

/// Adds a partition behind the last one, with bytes to begin with.
void add(DiskImage& disk, unsigned number, u8 type, std::vector<u8> head, u64 size) {
  const u64 start = round_up(disk.size, alignment);
  put_partition(disk.bytes, number, {type, start / sector_size, size / sector_size});
  disk.bytes.resize(start);
  disk.bytes.insert(disk.bytes.end(), head.begin(), head.end());
  disk.size = start + size;
}

/// What the disk has of a partition.
std::span<const u8> bytes_of(const Partition& partition, std::span<const u8> disk) {
  const u64 start = partition.first * sector_size;
  if (start >= disk.size()) return {};
  return disk.subspan(start, std::min<u64>(partition.sectors * sector_size, disk.size() - start));
}

}  // namespace

DiskImage make_disk(const DiskPlan& plan) {
  DiskImage disk{std::vector<u8>(sector_size), sector_size};
  unsigned number = 0;
  if (!plan.root.empty()) {
    std::vector<u8> root;
    for (const auto archive : plan.root) inspect::append_aligned(root, archive, sector_size);
    const u64 size = round_up(root.size(), sector_size);
    add(disk, number++, partition_type::linux_data, std::move(root), size);
  }
  if (plan.swap_bytes) {
    std::vector<u8> header(page_size);
    put_swap_header(header, 0, plan.swap_bytes);
    add(disk, number++, partition_type::linux_swap, std::move(header), plan.swap_bytes);
  }
  return disk;
}

std::span<const u8> root_on_disk(std::span<const u8> disk) {
  for (const Partition& partition : partitions_of(disk)) {
    const auto bytes = bytes_of(partition, disk);
    if (bytes.size() > 6 && std::memcmp(bytes.data(), "07070", 5) == 0) return bytes;
  }
  return {};
}

std::span<const u8> kernel_on_disk(std::span<const u8> disk) {
  for (const Partition& partition : partitions_of(disk)) {
    const auto bytes = bytes_of(partition, disk);
    inspect::elf::FileHeader header;
    if (partition.type != partition_type::loader_data || bytes.size() < sizeof header) continue;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (std::memcmp(header.ident,
                    "\x7f"
                    "ELF",
                    4) != 0)
      continue;
    // The partition is filled up with zeros; linkers put the table of sections last.
    const u64 table = u64{header.section_header_count} * sizeof(inspect::elf::SectionHeader);
    const u64 room = bytes.size() - std::min<u64>(header.section_headers, bytes.size());
    return table && table <= room ? bytes.first(header.section_headers + table) : bytes;
  }
  return {};
}

}  // namespace lucid::session
