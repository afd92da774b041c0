// SPDX-License-Identifier: MIT
// Where a root archive lies, and how the files that it brings come by their bytes: in memory, where the loader
// put it, or on a disk, of which only headers are read until somebody wants a file. What is changed of a file's bytes
// on a disk is written back in their place; new files, names, and what makes a file longer or shorter last until power
// is off.
#pragma once
#include "core/kernel/drivers/block_device.h"
#include "core/kernel/fs/page_cache.h"
#include "core/kernel/lib/string_buffer.h"

namespace lucid::kernel {

class ArchiveBytes {
 public:
  virtual ~ArchiveBytes() = default;
  virtual u64 size() const = 0;
  /// Zeros that may stand between two archives; more of them are the end.
  virtual u64 most_padding() const { return size(); }
  /// Copies bytes that exist; the device's error. May sleep.
  virtual Status read(u64 at, void* to, u64 count) = 0;
  /// The same bytes as the contents of a file; null without memory. The archive itself may go, its memory or
  /// device may not.
  virtual Ref<BackingStore> store(u64 at, u64 count) = 0;
};

class MemoryArchive : public ArchiveBytes {
 public:
  MemoryArchive(const u8* bytes, u64 size) : bytes_(bytes), size_(size) {}
  u64 size() const override { return size_; }
  Status read(u64 at, void* to, u64 count) override {
    memcpy(to, bytes_ + at, count);
    return {};
  }
  Ref<BackingStore> store(u64 at, u64 count) override { return new MemoryStore(bytes_ + at, count); }

 private:
  const u8* bytes_;
  u64 size_;
};

/// An archive that fills a disk or a partition from its first byte on.
class DiskArchive : public ArchiveBytes {
 public:
  explicit DiskArchive(BlockDevice& device) : device_(device), block_(block_sectors * sector_size) {}
  u64 size() const override { return device_.sectors() * sector_size; }
  u64 most_padding() const override { return block_sectors * sector_size; }
  Status read(u64 at, void* to, u64 count) override;
  Ref<BackingStore> store(u64 at, u64 count) override;

 private:
  static constexpr u64 block_sectors = 8;  // read at once: headers stand together
  BlockDevice& device_;
  Buffer block_;
  u64 first_ = ~u64{0};  // sector in block_
};

}  // namespace lucid::kernel
