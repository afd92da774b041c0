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
  void truncate(u64 first);
  u64 count() const { return count_; }

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
  u64 own_pages() const { return pages_.count(); }

 private:
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
