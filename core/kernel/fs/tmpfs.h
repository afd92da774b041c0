// SPDX-License-Identifier: MIT
// Files in memory: what the root file system, /tmp and shared anonymous memory are made of. A file's
// bytes are pages of its own, or still those of its backing store as long as nobody changed them.
#pragma once
#include "core/kernel/fs/page_cache.h"

namespace lucid::kernel {

class MemoryFile : public Inode {
 public:
  explicit MemoryFile(u32 permissions) : Inode(mode::regular | permissions) {}
  /// The file has these bytes, wherever they are, until it is written to.
  void set_store(Ref<BackingStore> store) {
    cache_.set_store(store);
    size_ = cache_.store_size();
  }

  u64 size() const override { return size_; }
  bool mappable() const override { return true; }
  SysResult read(File&, u64 at, IoBuffer& buffer) override;
  SysResult write(File&, u64 at, IoBuffer& buffer) override;
  Status truncate(u64 size) override;
  u64 cached_page(u64 index) const override { return cache_.find(index); }
  Result<u64> page(u64 index) override { return cache_.page(index); }
  bool page_on_disk(u64 index) const override { return cache_.on_disk(index); }
  Status write_back(u64 first, u64 end) override { return cache_.write_back(first, end); }
  Status reserve(u64 start, u64 end) override;
  Status punch_hole(u64 start, u64 end) override;
  u64 next_data(u64 at) override;
  u64 next_hole(u64 at) override;
  u64 stored_bytes() const override;

 private:
  Result<u64> page_to_write(u64 index);
  Status clear_range(u64 start, u64 end);
  u64 size_ = 0;
  PageCache cache_{*this};
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
