// SPDX-License-Identifier: MIT
#include "core/kernel/fs/archive_bytes.h"

namespace lucid::kernel {
namespace {

/// A sector with bytes of two files is read, changed and written by one task at a time.
bool edge_busy = false;
WaitQueue edges;

/// Writes bytes that need not begin or end with a sector; what is beside them stays.
Status write_bytes(BlockDevice& device, u64 at, const u8* bytes, u64 count) {
  const u64 skip = at % sector_size, first = at / sector_size;
  const u64 sectors = (skip + count + sector_size - 1) / sector_size, last = first + sectors - 1;
  Buffer room(sectors * sector_size);
  if (!room) return Errno::NOMEM;
  auto* image = reinterpret_cast<u8*>(room.data());
  while (edge_busy) sleep_uninterrupted(edges, WaitReason::disk);
  edge_busy = true;
  Status done = skip || sectors == 1 ? device.read(first, image, 1) : Status{};
  if (done.ok() && sectors > 1 && (skip + count) % sector_size)
    done = device.read(last, image + (sectors - 1) * sector_size, 1);
  if (done.ok()) {
    memcpy(image + skip, bytes, count);
    done = device.write(first, image, sectors);
  }
  edge_busy = false;
  edges.wake_all();
  return done;
}

/// Bytes of a device from any position on. Those that start with a sector are read into the page itself.
class DiskStore : public BackingStore {
 public:
  DiskStore(BlockDevice& device, u64 at, u64 size) : device_(device), at_(at), size_(size) {}
  u64 size() const override { return size_; }

  Status read_page(u64 index, u8* page) override {
    const u64 at = at_ + index * page_size, count = min(size_ - index * page_size, page_size);
    const u64 skip = at % sector_size, first = at / sector_size;
    const u64 sectors = (skip + count + sector_size - 1) / sector_size, fit = min(sectors, page_size / sector_size);
    TRY(device_.read(first, page, fit));
    if (!skip) return {};
    const u64 there = fit * sector_size - skip;
    memmove(page, page + skip, there);
    if (sectors == fit) return {};
    u8 last[sector_size];  // the page ends in the middle of a ninth one
    TRY(device_.read(first + fit, last, 1));
    memcpy(page + there, last, count - there);
    return {};
  }

  bool writable() const override { return true; }
  Status write_page(u64 index, const u8* page) override {
    const u64 at = at_ + index * page_size, count = min(size_ - index * page_size, page_size);
    if (at % sector_size) return write_bytes(device_, at, page, count);
    const u64 whole = count / sector_size, rest = count % sector_size;
    if (whole) TRY(device_.write(at / sector_size, page, whole));
    return rest ? write_bytes(device_, at + whole * sector_size, page + whole * sector_size, rest) : Status{};
  }

 private:
  BlockDevice& device_;
  u64 at_, size_;
};

}  // namespace

Status DiskArchive::read(u64 at, void* to, u64 count) {
  if (!block_) return Errno::NOMEM;
  for (auto* bytes = static_cast<char*>(to); count;) {
    const u64 sector = at / sector_size;
    if (sector < first_ || sector >= first_ + block_sectors) {
      first_ = ~u64{0};
      TRY(device_.read(sector, block_.data(), min(block_sectors, device_.sectors() - sector)));
      first_ = sector;
    }
    const u64 skip = at - first_ * sector_size, part = min(count, block_sectors * sector_size - skip);
    memcpy(bytes, block_.data() + skip, part);
    at += part, bytes += part, count -= part;
  }
  return {};
}

Ref<BackingStore> DiskArchive::store(u64 at, u64 count) { return new DiskStore(device_, at, count); }

}  // namespace lucid::kernel
