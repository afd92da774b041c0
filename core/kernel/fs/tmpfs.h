// SPDX-License-Identifier: MIT
// Files in memory: what the root file system, /tmp and shared anonymous memory are made of. A file's
// bytes are pages of its own, or still those of the boot archive as long as nobody changed them.
#pragma once
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

/// Frame numbers by page index, in chunks of one frame; missing ones are 0.
class PageMap {
 public:
  ~PageMap() {
    truncate(0);
    deallocate(chunks_);
  }
  u64 get(u64 index) const;
  Status set(u64 index, u64 frame);
  /// Releases all pages from `first` on.
  void truncate(u64 first) { remove(first, ~u64{0}); }
  u64 count() const { return count_; }
  u64 count_below(u64 end) const;
  /// Releases the pages of [first, end).
  void remove(u64 first, u64 end);

 private:
  u32** chunks_ = nullptr;
  u64 chunk_count_ = 0, count_ = 0;
};

class MemoryFile : public Inode {
 public:
  explicit MemoryFile(u32 permissions) : Inode(mode::regular | permissions) {}
  /// The file begins with these bytes, which stay where they are.
  void set_archive(const u8* bytes, u64 size) { archive_ = bytes, archive_size_ = size_ = size; }

  u64 size() const override { return size_; }
  bool mappable() const override { return true; }
  SysResult read(File&, u64 at, IoBuffer& buffer) override;
  SysResult write(File&, u64 at, IoBuffer& buffer) override;
  Status truncate(u64 size) override;
  Result<u64> page(u64 index) override;
  Status reserve(u64 start, u64 end) override;
  Status punch_hole(u64 start, u64 end) override;
  u64 next_data(u64 at) override;
  u64 next_hole(u64 at) override;
  u64 stored_bytes() const override;

 private:
  bool stored(u64 index) const { return pages_.get(index) || index * page_size < archive_size_; }
  Result<u64> page_to_write(u64 index);
  Status clear_range(u64 start, u64 end);
  const u8* archive_ = nullptr;
  u64 archive_size_ = 0, size_ = 0;
  PageMap pages_;
};

class Directory : public Inode {
 public:
  explicit Directory(u32 permissions) : Inode(mode::directory | permissions) { links = 2; }
  u64 size() const override { return page_size; }
  SysResult read(File&, u64, IoBuffer&) override { return Errno::ISDIR; }
};

class SymbolicLink : public Inode {
 public:
  explicit SymbolicLink(Ref<SharedString> target) : Inode(mode::link | 0777), target_(target) {}
  u64 size() const override { return strlen(target_->text()); }
  Result<Ref<SharedString>> link_target() override { return target_; }

 private:
  Ref<SharedString> target_;
};

}  // namespace lucid::kernel
