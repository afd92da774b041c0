// SPDX-License-Identifier: MIT
#include "core/kernel/exec/binary.h"

#include "core/kernel/fs/path.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

Status ArgumentStrings::push_with(u64 size, bool user, u64 from) {
  if (position_ - size < lowest_) return Errno::TOOBIG;
  position_ -= size;
  for (u64 done = 0; done < size;) {
    u64 address = position_ + done, index = (user_end - 1 - address) / page_size;
    u64 frame = pages_.get(index);
    if (!frame) {
      make_room();
      frame = TRY(allocate_zeroed_frame(FrameKind::anonymous));
      TRY(pages_.set(index, frame));
    }
    u64 part = min(size - done, page_size - address % page_size);
    u8* to = frame_bytes(frame) + address % page_size;
    if (user)
      TRY(copy_in(to, from + done, part));
    else
      memcpy(to, reinterpret_cast<const char*>(from) + done, part);
    done += part;
  }
  return {};
}

Status ArgumentStrings::push(const char* bytes, u64 size) {
  return push_with(size, false, reinterpret_cast<u64>(bytes));
}
Status ArgumentStrings::push_user(u64 address, u64 size) { return push_with(size, true, address); }

Status ArgumentStrings::peek(u64 address, char& byte) {
  u64 frame = pages_.get((user_end - 1 - address) / page_size);
  if (!frame) return Errno::FAULT;
  byte = static_cast<char>(frame_bytes(frame)[address % page_size]);
  return {};
}

Status ArgumentStrings::drop_first() {
  for (char c = 1; c;) TRY(peek(position_++, c));
  return {};
}

Status ArgumentStrings::give_to(AddressSpace& space) {
  for (u64 index = 0; index <= (user_end - 1 - position_) / page_size; index++) {
    u64 frame = pages_.get(index);
    if (!frame) continue;
    u64* entry = TRY(make_entry(space.root, user_end - (index + 1) * page_size));
    share_frame(frame);
    space.page_added();
    space.own_frame(frame, user_end - (index + 1) * page_size);
    *entry = frame * page_size | pte::present | pte::user | pte::writable | pte::no_execute;
  }
  pages_.clear();
  return {};
}

Result<u64> read_file(const Dentry& file, u64 at, void* to, u64 size) {
  Ref<File> open = TRY(File::open(file.inode, nullptr, 0));
  IoBuffer buffer = IoBuffer::kernel(to, size);
  SysResult r = file.inode->read(*open, at, buffer);
  if (r.raw() < 0) return static_cast<Errno>(-r.raw());
  return static_cast<u64>(r.raw());
}

Binary* Binary::first;

Binary::Binary() : next(first), pid(current ? current->pid : 0) { first = this; }

Binary::~Binary() {
  Binary** link = &first;
  while (*link != this) link = &(*link)->next;
  *link = next;
}

Status Binary::read_head() {
  memset(head, 0, sizeof head);
  TRY(read_file(*file, 0, head, sizeof head));
  return {};
}

Status Binary::push_argument(const char* text) {
  TRY(strings.push(text, strlen(text) + 1));
  argument_count++;
  return {};
}

Status Binary::drop_argument() {
  if (!argument_count) return {};
  argument_count--;
  return strings.drop_first();
}

Status Binary::continue_with(const char* path, Ref<Dentry> file) {
  interpreter = SharedString::make(path);
  if (!interpreter) return Errno::NOMEM;
  next_file = file;
  return {};
}

Status check_executable(const Dentry& file) {
  if (!file.inode->is(mode::regular)) return Errno::ACCES;
  TRY(check_access(*file.inode, may_exec));
  if (file.inode->writers) return Errno::TXTBSY;
  return {};
}

Result<Ref<Dentry>> open_executable(Ref<Dentry> start, const char* path) {
  Ref<Dentry> file = TRY(resolve(start, path, LastLink::follow));
  TRY(check_executable(*file));
  return file;
}

}  // namespace lucid::kernel
