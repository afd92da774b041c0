// SPDX-License-Identifier: MIT
// open, close, dup, fcntl, pipe: how descriptors come and go.
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/pipe.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr i32 at_current_directory = -100;
constexpr u32 settable_flags = open_flag::append | open_flag::nonblock | 040000 | 01000000;  // and O_DIRECT, O_NOATIME

Status check_open(const Dentry& d, u32 flags) {
  const Inode& inode = *d.inode;
  if (flags & open_flag::path) {
    return (flags & open_flag::directory) && !inode.is(mode::directory) ? Status(Errno::NOTDIR) : Status{};
  }
  bool writes = (flags & open_flag::access_mode) != 0;
  if (inode.is(mode::link)) return Errno::LOOP;
  if (inode.is(mode::directory) && (writes || (flags & open_flag::create))) return Errno::ISDIR;
  if ((flags & open_flag::directory) && !inode.is(mode::directory)) return Errno::NOTDIR;
  u32 access = flags & open_flag::access_mode;
  u32 wanted = access == open_flag::write_only   ? may_write
               : access == open_flag::read_write ? may_read | may_write
                                                 : may_read;
  if (access == 3) wanted = may_read | may_write;
  if (flags & open_flag::truncate) wanted |= may_write;
  TRY(check_access(inode, wanted));
  if (writes && inode.executing) return Errno::TXTBSY;
  return {};
}

Result<Ref<Dentry>> find_or_create(Ref<Dentry> start, const char* path, u32 flags, u32 permissions, bool& created) {
  created = false;
  bool keep_link = flags & open_flag::no_follow;
  if (!(flags & open_flag::create)) return resolve(start, path, keep_link ? LastLink::keep : LastLink::follow);
  bool exclusive = flags & open_flag::exclusive;
  Parent parent;
  TRY(resolve_parent(start, path, !exclusive && !keep_link, parent));
  if (parent.special) return exclusive ? Result<Ref<Dentry>>(Errno::EXIST) : resolve(start, path, LastLink::follow);
  if (parent.must_be_directory) return Errno::ISDIR;
  TRY(check_access(*parent.directory->inode, may_exec));
  Result<Ref<Dentry>> found = parent.directory->inode->lookup(*parent.directory, parent.name, parent.length);
  if (found.ok()) {
    if (exclusive) return Errno::EXIST;
    if (Ref<Dentry> magic = found.value()->inode->link_dentry(); magic && !keep_link) return magic;
    return found;
  }
  if (found.error() != Errno::NOENT) return found.error();
  if (!parent.directory->inode->writable_directory()) return Errno::NOENT;
  if (parent.directory->parent && !parent.directory->linked) return Errno::NOENT;  // removed meanwhile
  TRY(check_access(*parent.directory->inode, may_write));
  Ref<Inode> file = new MemoryFile(permissions & mode::permissions & ~current->fs->umask);
  if (!file) return Errno::NOMEM;
  file->uid = current->credentials.effective_uid, file->gid = current->credentials.effective_gid;
  created = true;
  return add_name(parent.directory, parent.name, parent.length, file);
}

SysResult open_at(i32 directory, u64 path_address, u32 flags, u32 permissions) {
  UserPath path = TRY(UserPath::read(path_address));
  if (flags & open_flag::path)
    flags &= open_flag::path | open_flag::directory | open_flag::no_follow | open_flag::close_on_exec;
  Ref<Dentry> start = TRY(start_directory(directory, path.text()));
  bool created;
  Ref<Dentry> d = TRY(find_or_create(start, path.text(), flags, permissions, created));
  if (!created) TRY(check_open(*d, flags));
  if ((flags & open_flag::truncate) && d->inode->is(mode::regular) && !created) TRY(d->inode->truncate(0));
  u32 kept = flags & ~(open_flag::create | open_flag::exclusive | open_flag::no_ctty | open_flag::truncate |
                       open_flag::close_on_exec);
  Ref<File> file = TRY(File::open(d->inode, d, kept | (flags & open_flag::no_ctty)));
  file->flags = kept;
  return TRY(current->files->add(file, flags & open_flag::close_on_exec));
}

}  // namespace

extern "C" SysResult sys_open(u64 path, u32 flags, u32 permissions) {
  return open_at(at_current_directory, path, flags, permissions);
}
extern "C" SysResult sys_openat(i32 directory, u64 path, u32 flags, u32 permissions) {
  return open_at(directory, path, flags, permissions);
}
extern "C" SysResult sys_creat(u64 path, u32 permissions) {
  return open_at(at_current_directory, path, open_flag::create | open_flag::write_only | open_flag::truncate,
                 permissions);
}
extern "C" SysResult sys_close(i32 fd) { return current->files->close(fd); }

extern "C" SysResult sys_close_range(u32 first, u32 last, u32 flags) {
  constexpr u32 cloexec = 4;
  if (first > last || (flags & ~cloexec)) return Errno::INVAL;
  current->files->close_range(first, last, flags & cloexec);
  return 0;
}

extern "C" SysResult sys_dup(i32 fd) { return TRY(current->files->add(TRY(current->files->get_any(fd)), false)); }

extern "C" SysResult sys_dup3(i32 from, i32 to, u32 flags) {
  if (from == to || (flags & ~open_flag::close_on_exec)) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get_any(from));
  TRY(current->files->put(to, file, flags & open_flag::close_on_exec));
  return to;
}
extern "C" SysResult sys_dup2(i32 from, i32 to) {
  if (from != to) return sys_dup3(from, to, 0);
  TRY(current->files->get_any(from));
  return to;
}

extern "C" SysResult sys_fcntl(i32 fd, u32 command, u64 argument) {
  enum : u32 {
    dupfd,
    getfd,
    setfd,
    getfl,
    setfl,
    getlk,
    setlk,
    setlkw,
    setown,
    getown,
    dupfd_cloexec = 1030,
    setpipe = 1031,
    getpipe = 1032
  };
  FileTable::Slot* slot = TRY(current->files->slot(fd));
  Ref<File> file = slot->file;
  switch (command) {
    case dupfd:
    case dupfd_cloexec:
      if (argument >= current->group->limits[limit::files].soft) return Errno::INVAL;
      return TRY(current->files->add(file, command == dupfd_cloexec, static_cast<i32>(argument)));
    case getfd:
      return slot->close_on_exec ? 1 : 0;
    case setfd:
      slot->close_on_exec = argument & 1;
      return 0;
    case getfl:
      return file->flags | 0100000;  // O_LARGEFILE
    case setfl:
      file->flags = (file->flags & ~settable_flags) | (static_cast<u32>(argument) & settable_flags);
      return 0;
    case getlk: {  // nobody ever holds a lock against us: there is no contention to report
      constexpr u16 unlocked = 2;
      return write_user(UserPtr<u16>{argument}, unlocked);
    }
    case setlk:
    case setlkw:
    case setown:
      return 0;
    case getown:
      return 0;
    case getpipe:
      return file->inode->is(mode::fifo) ? SysResult(Pipe::capacity) : Errno::BADF;
    case setpipe:
      return file->inode->is(mode::fifo) ? SysResult(Pipe::capacity) : Errno::BADF;
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_flock(i32 fd, u32) {
  TRY(current->files->get(fd));
  return 0;
}

extern "C" SysResult sys_pipe2(UserPtr<i32> ends, u32 flags) {
  if (flags & ~(open_flag::close_on_exec | open_flag::nonblock | 040000)) return Errno::INVAL;
  Ref<Inode> pipe = new Pipe(0600);
  if (!pipe) return Errno::NOMEM;
  pipe->uid = current->credentials.effective_uid, pipe->gid = current->credentials.effective_gid;
  u32 common = flags & open_flag::nonblock;
  bool close_on_exec = flags & open_flag::close_on_exec;
  Ref<File> reader = TRY(File::open(pipe, nullptr, common));
  Ref<File> writer = TRY(File::open(pipe, nullptr, common | open_flag::write_only));
  i32 fds[2];
  fds[0] = TRY(current->files->add(reader, close_on_exec));
  Result<i32> second = current->files->add(writer, close_on_exec);
  if (!second.ok()) {
    (void)current->files->close(fds[0]);
    return second.error();
  }
  fds[1] = second.value();
  Status told = copy_out(ends.address, fds, sizeof fds);
  if (!told.ok()) {
    (void)current->files->close(fds[0]);
    (void)current->files->close(fds[1]);
  }
  return told;
}
extern "C" SysResult sys_pipe(UserPtr<i32> ends) { return sys_pipe2(ends, 0); }

extern "C" SysResult sys_memfd_create(u64 name, u32 flags) {
  UserPath text = TRY(UserPath::read(name));
  Ref<Inode> inode = new MemoryFile(0777);
  if (!inode) return Errno::NOMEM;
  Ref<File> file = TRY(File::open(inode, nullptr, open_flag::read_write));
  return TRY(current->files->add(file, flags & 1));
}

}  // namespace lucid::kernel
