// SPDX-License-Identifier: MIT
// The descriptors of a process.
#pragma once
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

class FileTable : public Counted {
 public:
  struct Slot {
    Ref<File> file;
    bool close_on_exec = false;
  };
  FileTable() = default;
  ~FileTable() override;

  Result<Ref<File>> get(i32 descriptor) const;
  /// The same, and open for that; else EBADF.
  Result<Ref<File>> get_readable(i32 descriptor) const;
  Result<Ref<File>> get_writable(i32 descriptor) const;
  /// Any file, even one opened with O_PATH.
  Result<Ref<File>> get_any(i32 descriptor) const;
  /// The lowest free descriptor from `lowest` on.
  Result<i32> add(Ref<File> file, bool close_on_exec, i32 lowest = 0);
  /// Puts a file at a descriptor, closing what was there.
  Status put(i32 descriptor, Ref<File> file, bool close_on_exec);
  Status close(i32 descriptor);
  Result<Slot*> slot(i32 descriptor);
  void close_marked();
  void close_range(u32 first, u32 last, bool mark_only);
  Result<Ref<FileTable>> copy() const;
  i32 size() const { return size_; }

 private:
  friend struct Offsets;
  Status reserve(i32 count);
  Slot* slots_ = nullptr;
  i32 size_ = 0;
};

}  // namespace lucid::kernel
