// SPDX-License-Identifier: MIT
#include "core/kernel/fs/file_table.h"

#include "core/kernel/fs/locks.h"

namespace lucid::kernel {
namespace {

constexpr i32 first_size = 32;

i32 descriptor_limit() { return static_cast<i32>(min<u64>(current->group->limits[limit::files].soft, 1 << 20)); }

}  // namespace

FileTable::~FileTable() {
  for (i32 i = 0; i < size_; i++)
    if (slots_[i].file) (void)close(i);
  deallocate(slots_);
}

Status FileTable::reserve(i32 count) {
  if (count <= size_) return {};
  i32 size = size_ ? size_ : first_size;
  while (size < count) size *= 2;
  auto* grown = static_cast<Slot*>(allocate(size * sizeof(Slot)));
  if (!grown) return Errno::NOMEM;
  memset(static_cast<void*>(grown), 0, size * sizeof(Slot));
  if (slots_) memcpy(static_cast<void*>(grown), slots_, size_ * sizeof(Slot));  // Refs move bytewise
  deallocate(slots_);
  slots_ = grown, size_ = size;
  return {};
}

Result<Ref<File>> FileTable::get_any(i32 descriptor) const {
  if (descriptor < 0 || descriptor >= size_ || !slots_[descriptor].file) return Errno::BADF;
  return slots_[descriptor].file;
}

Result<Ref<File>> FileTable::get(i32 descriptor) const {
  Ref<File> file = TRY(get_any(descriptor));
  if (file->flags & open_flag::path) return Errno::BADF;
  return file;
}

Result<Ref<File>> FileTable::get_readable(i32 descriptor) const {
  Ref<File> file = TRY(get_any(descriptor));
  if (!file->readable()) return Errno::BADF;
  return file;
}

Result<Ref<File>> FileTable::get_writable(i32 descriptor) const {
  Ref<File> file = TRY(get_any(descriptor));
  if (!file->writable()) return Errno::BADF;
  return file;
}

Result<FileTable::Slot*> FileTable::slot(i32 descriptor) {
  if (descriptor < 0 || descriptor >= size_ || !slots_[descriptor].file) return Errno::BADF;
  return &slots_[descriptor];
}

Result<i32> FileTable::add(Ref<File> file, bool close_on_exec, i32 lowest) {
  i32 d = lowest;
  while (d < size_ && slots_[d].file) d++;
  if (d >= descriptor_limit()) return Errno::MFILE;
  TRY(reserve(d + 1));
  slots_[d].file = file;
  slots_[d].close_on_exec = close_on_exec;
  return d;
}

Status FileTable::put(i32 descriptor, Ref<File> file, bool close_on_exec) {
  if (descriptor < 0 || descriptor >= descriptor_limit()) return Errno::BADF;
  TRY(reserve(descriptor + 1));
  Ref<File> old = slots_[descriptor].file;
  slots_[descriptor].file = file;
  slots_[descriptor].close_on_exec = close_on_exec;
  if (old && old->inode->locks) release_process_locks(*old->inode, this);
  return {};
}

Status FileTable::close(i32 descriptor) {
  Slot* s = TRY(slot(descriptor));
  Ref<File> old = s->file;
  s->file = nullptr;
  s->close_on_exec = false;
  if (old->inode->locks) release_process_locks(*old->inode, this);
  return {};
}

void FileTable::close_marked() {
  for (i32 i = 0; i < size_; i++)
    if (slots_[i].file && slots_[i].close_on_exec) (void)close(i);
}

void FileTable::close_range(u32 first, u32 last, bool mark_only) {
  for (u32 i = first; i <= last && i < static_cast<u32>(size_); i++) {
    if (!slots_[i].file) continue;
    if (mark_only)
      slots_[i].close_on_exec = true;
    else
      (void)close(static_cast<i32>(i));
  }
}

Result<Ref<FileTable>> FileTable::copy() const {
  Ref<FileTable> table = new FileTable;
  if (!table) return Errno::NOMEM;
  i32 used = size_;
  while (used > 0 && !slots_[used - 1].file) used--;
  TRY(table->reserve(max(used, 1)));
  for (i32 i = 0; i < used; i++) table->slots_[i] = slots_[i];
  return table;
}

}  // namespace lucid::kernel
