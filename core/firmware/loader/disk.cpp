// SPDX-License-Identifier: MIT
#include "core/firmware/loader/disk.h"

#include "core/firmware/loader/console.h"

namespace lucid::loader {
namespace {

constexpr u32 table_at = 446;
constexpr u8 active_status = 0x80;

void copy(u32 to, u32 from, u32 size) {
  u32 words = size / 4;
  asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
  size &= 3;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size)::"memory");
}

}  // namespace

Disk::Disk(u8 drive) : drive_(drive) {
  if (!read_disk(drive, 0, 1)) fail("the partition table cannot be read");
  copy(reinterpret_cast<u32>(entries_), disk_buffer + table_at, sizeof entries_);
}

Partition Disk::find(u8 type, bool active) const {
  for (const Entry& e : entries_)
    if (e.type == type && (e.status == active_status) == active) return {e.first, e.sectors};
  return {};
}

void Disk::read(const Partition& partition, u32 at, u32 size, u32 to) const {
  while (size) {
    const u32 sector = at / sector_size, skipped = at % sector_size;
    if (sector >= partition.sectors) fail("a partition is too small for what it should hold");
    const u32 needed = (skipped + size + sector_size - 1) / sector_size;
    const u32 count = needed < most_sectors ? needed : most_sectors;
    if (!read_disk(drive_, u64{partition.first} + sector, count)) fail("the disk cannot be read");
    const u32 got = count * sector_size - skipped, part = got < size ? got : size;
    copy(to, disk_buffer + skipped, part);
    at += part, to += part, size -= part;
  }
}

}  // namespace lucid::loader
