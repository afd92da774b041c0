// SPDX-License-Identifier: MIT
// open, close, dup, fcntl, pipe: how descriptors come and go.
#include "core/kernel/fs/locks.h"
#include "core/kernel/fs/pipe.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/lib/format.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/at.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr u32 settable_flags =
    open_flag::append | open_flag::nonblock | open_flag::direct | open_flag::no_access_time | open_flag::signals;

/// May a file that exists be opened like this? The order of the questions is Linux's.
Status check_open(const Dentry& d, u32 flags) {
  const Inode& inode = *d.inode;
  if ((flags & open_flag::create) && inode.is(mode::directory)) return Errno::ISDIR;
  if ((flags & open_flag::directory) && !inode.is(mode::directory)) return Errno::NOTDIR;
  if (flags & open_flag::path) return {};
  u32 access = flags & open_flag::access_mode;
  u32 wanted = access == 0 ? may_read : access == open_flag::write_only ? may_write : may_read | may_write;
  if (flags & open_flag::truncate) wanted |= may_write;
  if (inode.is(mode::link)) return Errno::LOOP;
  if (inode.is(mode::directory) && (wanted & may_write)) return Errno::ISDIR;
  TRY(check_access(inode, wanted));
  u32 uid = current->credentials.effective_uid;
  if ((flags & open_flag::no_access_time) && uid && uid != inode.uid) return Errno::PERM;
  if ((wanted & may_write) && inode.executing) return Errno::TXTBSY;
  if (inode.is(mode::socket)) return Errno::NXIO;
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
  own_new_inode(*file, *parent.directory->inode);
  created = true;
  return add_name(parent.directory, parent.name, parent.length, file);
}

/// O_TMPFILE: a file without a name, which linkat may give it unless O_EXCL says no.
Result<Ref<Dentry>> make_nameless(Ref<Dentry> start, const char* path, u32 flags, u32 permissions) {
  if (!(flags & open_flag::access_mode)) return Errno::INVAL;
  Ref<Dentry> directory = TRY(resolve(start, path, LastLink::follow));
  if (!directory->inode->is(mode::directory)) return Errno::NOTDIR;
  if (!directory->inode->writable_directory()) return Errno::OPNOTSUPP;
  TRY(check_access(*directory->inode, may_write | may_exec));
  Ref<Inode> file = new MemoryFile(permissions & mode::permissions & ~current->fs->umask);
  if (!file) return Errno::NOMEM;
  own_new_inode(*file, *directory->inode);
  file->filesystem = directory->inode->filesystem;
  file->links = 0;
  file->linkable = !(flags & open_flag::exclusive);
  char name[24];
  u64 length = format(name, sizeof name, "#%lu", file->number);
  return Dentry::make(directory, name, length, file);
}

SysResult open_at(i32 directory, u64 path_address, u32 flags, u32 permissions) {
  if (flags & open_flag::path)
    flags &= open_flag::path | open_flag::directory | open_flag::no_follow | open_flag::close_on_exec;
  else
    flags |= open_flag::large_file;
  constexpr u32 create_directory = open_flag::create | open_flag::directory;
  bool nameless = (flags & open_flag::temporary) == open_flag::temporary;
  if (!nameless && (flags & create_directory) == create_directory) return Errno::INVAL;
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> start = TRY(start_directory(directory, path.text()));
  bool created = nameless;
  Ref<Dentry> d = nameless ? TRY(make_nameless(start, path.text(), flags, permissions))
                           : TRY(find_or_create(start, path.text(), flags, permissions, created));
  if (!created) TRY(check_open(*d, flags));
  if ((flags & open_flag::truncate) && d->inode->is(mode::regular) && !created) TRY(d->inode->truncate(0));
  u32 kept = flags & ~(open_flag::create | open_flag::exclusive | open_flag::no_ctty | open_flag::truncate |
                       open_flag::close_on_exec);
  Ref<File> file = TRY(File::open(d->inode, d, kept | (flags & open_flag::no_ctty)));
  file->flags = (file->flags & ~open_flag::no_ctty);
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

namespace {

Result<FlockRequest> read_lock(u64 argument) { return read_user(UserPtr<FlockRequest>{argument}); }

SysResult test_lock(File& file, u64 argument, LockOwner owner) {
  FlockRequest r = TRY(read_lock(argument));
  TRY(test_range(file, r, owner));
  return write_user(UserPtr<FlockRequest>{argument}, r);
}

SysResult pipe_size(File& file, u64 wanted, bool change) {
  Pipe* pipe = file.inode->as_pipe();
  if (!pipe) return Errno::BADF;
  return change ? pipe->set_capacity(wanted) : SysResult(pipe->capacity());
}

}  // namespace

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
    setsig,
    getsig,
    open_file_getlk = 36,
    open_file_setlk = 37,
    open_file_setlkw = 38,
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
      return file->flags;
  }
  if (file->flags & open_flag::path) return Errno::BADF;
  switch (command) {
    case setfl:
      if ((argument & open_flag::direct) && !(file->flags & open_flag::direct) && file->inode->as_pipe())
        return Errno::INVAL;
      file->flags = (file->flags & ~settable_flags) | (static_cast<u32>(argument) & settable_flags);
      return 0;
    case getlk:
      return test_lock(*file, argument, LockOwner::process);
    case setlk:
      return lock_range(*file, TRY(read_lock(argument)), LockOwner::process, LockWait::no);
    case setlkw:
      return lock_range(*file, TRY(read_lock(argument)), LockOwner::process, LockWait::yes);
    case open_file_getlk:
      return test_lock(*file, argument, LockOwner::open_file);
    case open_file_setlk:
      return lock_range(*file, TRY(read_lock(argument)), LockOwner::open_file, LockWait::no);
    case open_file_setlkw:
      return lock_range(*file, TRY(read_lock(argument)), LockOwner::open_file, LockWait::yes);
    case setown:
      file->signal_owner = static_cast<i32>(argument);
      return 0;
    case getown:
      return file->signal_owner;
    case setsig:
      return argument <= sig::count ? SysResult(0) : Errno::INVAL;
    case getsig:
      return 0;
    case getpipe:
    case setpipe:
      return pipe_size(*file, argument, command == setpipe);
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_flock(i32 fd, u32 operation) {
  constexpr u32 shared = 1, exclusive = 2, no_wait = 4, unlock = 8;
  Ref<File> file = TRY(current->files->get(fd));
  LockWait wait = operation & no_wait ? LockWait::no : LockWait::yes;
  switch (operation & ~no_wait) {
    case shared:
      return lock_whole(*file, LockType::read, wait);
    case exclusive:
      return lock_whole(*file, LockType::write, wait);
    case unlock:
      return lock_whole(*file, LockType::none, wait);
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_pipe2(UserPtr<i32> ends, u32 flags) {
  if (flags & ~(open_flag::close_on_exec | open_flag::nonblock)) return Errno::INVAL;
  Ref<Inode> pipe = new Pipe(0600, Pipe::Kind::anonymous);
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

/// Seals are not kept: a caller that relies on them (MFD_ALLOW_SEALING) learns so from F_ADD_SEALS.
extern "C" SysResult sys_memfd_create(u64 name_address, u32 flags) {
  constexpr u32 close_on_exec = 1, allow_sealing = 2, longest_name = name_max - 6;
  if (flags & ~(close_on_exec | allow_sealing)) return Errno::INVAL;
  UserPath name = TRY(UserPath::read(name_address));
  if (name.length() > longest_name) return Errno::INVAL;
  Ref<Inode> inode = new MemoryFile(0777);
  if (!inode) return Errno::NOMEM;
  inode->uid = current->credentials.effective_uid, inode->gid = current->credentials.effective_gid;
  inode->links = 0;
  char text[name_max + 32];
  u64 length = format(text, sizeof text, "memfd:%s", name.text());
  Ref<Dentry> nameless = TRY(Dentry::make(root_dentry, text, length, inode));
  Ref<File> file = TRY(File::open(inode, nameless, open_flag::read_write | open_flag::large_file));
  return TRY(current->files->add(file, flags & close_on_exec));
}

}  // namespace lucid::kernel
