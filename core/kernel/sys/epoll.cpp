// SPDX-License-Identifier: MIT
// epoll_create, epoll_ctl, epoll_wait and their variants.
#include "core/kernel/fs/epoll.h"

#include "core/kernel/sys/poll_wait.h"

namespace lucid::kernel {
namespace {

Result<Ref<File>> epoll_file(i32 fd) {
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->inode->as_epoll()) return Errno::INVAL;
  return file;
}

SysResult wait(i32 fd, UserPtr<EpollEvent> events, i32 most, const Deadline& deadline) {
  constexpr i32 most_events = 0x7fffffff / sizeof(EpollEvent);
  if (most <= 0 || most > most_events) return Errno::INVAL;
  if (!user_range(events.address, static_cast<u64>(most) * sizeof(EpollEvent))) return Errno::FAULT;
  Ref<File> file = TRY(epoll_file(fd));
  Epoll& epoll = *file->inode->as_epoll();
  for (;;) {
    SysResult ready = epoll.collect(events, static_cast<u32>(most));
    if (ready.raw() || !deadline.wait) return ready;
    Wake w = sleep_on(epoll.ready_queue(), WaitReason::poll, deadline.at);
    if (w == Wake::timeout) return epoll.collect(events, static_cast<u32>(most));
    if (w == Wake::signal) return Errno::INTR;
  }
}

}  // namespace

extern "C" SysResult sys_epoll_create1(u32 flags) {
  if (flags & ~open_flag::close_on_exec) return Errno::INVAL;
  Ref<Inode> epoll = new Epoll;
  if (!epoll) return Errno::NOMEM;
  Ref<File> file = TRY(File::open(epoll, nullptr, open_flag::read_write));
  return TRY(current->files->add(file, flags & open_flag::close_on_exec));
}
extern "C" SysResult sys_epoll_create(i32 size) { return size > 0 ? sys_epoll_create1(0) : Errno::INVAL; }

extern "C" SysResult sys_epoll_ctl(i32 epoll_fd, u32 operation, i32 fd, UserPtr<EpollEvent> event) {
  enum : u32 { add = 1, remove = 2, change = 3 };
  EpollEvent e{};
  if (operation != remove) e = TRY(read_user(event));
  Ref<File> epoll_file = TRY(current->files->get(epoll_fd)), file = TRY(current->files->get(fd));
  if (!file->inode->pollable()) return Errno::PERM;
  Epoll* epoll = epoll_file->inode->as_epoll();
  if (!epoll || epoll_file == file) return Errno::INVAL;
  switch (operation) {
    case add: {
      constexpr u32 with_exclusive =
          epoll_event::behaviour | poll_event::in | poll_event::out | poll_event::error | poll_event::hang_up;
      bool exclusive = e.events & epoll_event::exclusive;
      if (exclusive && ((e.events & ~with_exclusive) || (e.events & epoll_event::one_shot) || file->inode->as_epoll()))
        return Errno::INVAL;
      return epoll->add(*file, fd, e);
    }
    case remove:
      return epoll->remove(*file, fd);
    case change:
      if (e.events & epoll_event::exclusive) return Errno::INVAL;
      return epoll->change(*file, fd, e);
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_epoll_wait(i32 fd, UserPtr<EpollEvent> events, i32 most, i32 milliseconds) {
  return wait(fd, events, most, deadline_in(milliseconds));
}
extern "C" SysResult sys_epoll_pwait(i32 fd, UserPtr<EpollEvent> events, i32 most, i32 milliseconds, u64 mask,
                                     u64 size) {
  TRY(use_mask(mask, size));
  return end_mask(mask, wait(fd, events, most, deadline_in(milliseconds)));
}
extern "C" SysResult sys_epoll_pwait2(i32 fd, UserPtr<EpollEvent> events, i32 most, UserPtr<Timespec> timeout, u64 mask,
                                      u64 size) {
  Deadline d = TRY(deadline_of(timeout));
  TRY(use_mask(mask, size));
  return end_mask(mask, wait(fd, events, most, d));
}

}  // namespace lucid::kernel
