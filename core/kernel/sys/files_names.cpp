// SPDX-License-Identifier: MIT
// Names: mkdir, unlink, rename, link, symlink, readlink, the working directory.
#include "core/kernel/fs/devfs.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/pipe.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/at.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

/// May names in this directory be made and removed?
Status check_writable(const Dentry& directory) {
  if (!directory.inode->writable_directory()) return Errno::PERM;
  return check_access(*directory.inode, may_write | may_exec);
}

/// The sticky bit: only the owner of the file or directory may remove it.
Status check_sticky(const Dentry& directory, const Inode& victim) {
  u32 uid = current->credentials.effective_uid;
  if (!(directory.inode->mode & mode::sticky) || uid == 0 || uid == victim.uid || uid == directory.inode->uid)
    return {};
  return Errno::PERM;
}

/// Where a new name goes; EEXIST if it is there.
Status place_for(i32 directory, u64 path_address, bool is_directory, Parent& parent) {
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> start = TRY(start_directory(directory, path.text()));
  TRY(resolve_parent(start, path.text(), false, parent));
  if (parent.special) return Errno::EXIST;
  TRY(check_access(*parent.directory->inode, may_exec));
  if (parent.directory->inode->lookup(*parent.directory, parent.name, parent.length).ok()) return Errno::EXIST;
  if (parent.must_be_directory && !is_directory) return Errno::NOENT;
  if (parent.directory->parent && !parent.directory->linked) return Errno::NOENT;
  if (!parent.directory->inode->writable_directory()) return Errno::NOENT;
  return check_writable(*parent.directory);
}

SysResult add_owned(const Parent& parent, Ref<Inode> inode) {
  if (!inode) return Errno::NOMEM;
  own_new_inode(*inode, *parent.directory->inode);
  TRY(add_name(parent.directory, parent.name, parent.length, inode));
  return 0;
}

void touch_directory(Dentry& directory) { directory.inode->modified = directory.inode->changed = now_for_files(); }

void remove_name(Dentry& directory, Dentry& child) {
  Ref<Inode> inode = child.inode;
  if (inode->is(mode::directory)) {
    directory.inode->links--;
    inode->links = 0;
  } else {
    inode->links--;
  }
  inode->changed = now_for_files();
  touch_directory(directory);
  directory.remove_child(&child);
}

SysResult unlink_at(i32 directory, u64 path_address) {
  UserPath path = TRY(UserPath::read(path_address));
  Parent parent;
  TRY(resolve_parent(TRY(start_directory(directory, path.text())), path.text(), false, parent));
  if (parent.special) return Errno::ISDIR;
  Ref<Dentry> child = TRY(parent.directory->inode->lookup(*parent.directory, parent.name, parent.length));
  if (parent.must_be_directory && !child->inode->is(mode::directory)) return Errno::NOTDIR;
  TRY(check_writable(*parent.directory));
  TRY(check_sticky(*parent.directory, *child->inode));
  if (child->inode->is(mode::directory)) return Errno::ISDIR;
  if (child->mounted) return Errno::BUSY;
  remove_name(*parent.directory, *child);
  return 0;
}

SysResult rmdir_at(i32 directory, u64 path_address) {
  UserPath path = TRY(UserPath::read(path_address));
  Parent parent;
  TRY(resolve_parent(TRY(start_directory(directory, path.text())), path.text(), false, parent));
  if (parent.special) return equal(parent.name, ".") ? Errno::INVAL : parent.length ? Errno::NOTEMPTY : Errno::BUSY;
  Ref<Dentry> child = TRY(parent.directory->inode->lookup(*parent.directory, parent.name, parent.length));
  TRY(check_writable(*parent.directory));
  TRY(check_sticky(*parent.directory, *child->inode));
  if (!child->inode->is(mode::directory)) return Errno::NOTDIR;
  if (child->mounted) return Errno::BUSY;
  if (child->has_children()) return Errno::NOTEMPTY;
  remove_name(*parent.directory, *child);
  return 0;
}

SysResult mkdir_at(i32 directory, u64 path, u32 permissions) {
  Parent parent;
  TRY(place_for(directory, path, true, parent));
  u32 inherited = parent.directory->inode->mode & mode::set_gid;
  return add_owned(parent, new Directory((permissions & 01777 & ~current->fs->umask) | inherited));
}

SysResult symlink_at(u64 target_address, i32 directory, u64 path) {
  UserPath target = TRY(UserPath::read(target_address));
  if (!target.length()) return Errno::NOENT;
  Parent parent;
  TRY(place_for(directory, path, false, parent));
  Ref<SharedString> text = SharedString::make(target.text());
  if (!text) return Errno::NOMEM;
  return add_owned(parent, new SymbolicLink(text));
}

/// A hard link to somebody else's file only where one could have changed the file anyway (Linux's
/// protected_hardlinks).
Status check_link_source(const Inode& old) {
  u32 uid = current->credentials.effective_uid;
  if (!uid || uid == old.uid) return {};
  constexpr u32 group_executable = mode::set_gid | mode::group_execute;
  bool plain =
      old.is(mode::regular) && !(old.mode & mode::set_uid) && (old.mode & group_executable) != group_executable;
  return plain && check_access(old, may_read | may_write).ok() ? Status{} : Errno::PERM;
}

SysResult link_at(i32 old_directory, u64 old_address, i32 new_directory, u64 new_address, u32 flags) {
  if (flags & ~(at_flag::follow | at_flag::empty_path)) return Errno::INVAL;
  if ((flags & at_flag::empty_path) && current->credentials.effective_uid) return Errno::NOENT;
  u32 old_flags = (flags & at_flag::empty_path) | (flags & at_flag::follow ? 0 : at_flag::no_follow);
  Ref<Inode> old = TRY(find_at(old_directory, old_address, old_flags)).inode;
  Parent parent;
  TRY(place_for(new_directory, new_address, false, parent));
  if (old->filesystem != parent.directory->inode->filesystem && !(old->links == 0 && old->linkable)) return Errno::XDEV;
  TRY(check_link_source(*old));
  if (old->is(mode::directory)) return Errno::PERM;
  if (old->links == 0 && !old->linkable) return Errno::NOENT;
  TRY(add_name(parent.directory, parent.name, parent.length, old));
  old->links++;
  old->linkable = false;
  old->changed = now_for_files();
  return 0;
}

void take_out(Dentry& child) {
  Dentry& from = *child.parent;
  if (child.inode->is(mode::directory)) from.inode->links--;
  touch_directory(from);
  from.remove_child(&child);
}

/// Gives a dentry that was taken out a new place and the name of another; who holds it keeps it.
void put_in(Ref<Dentry> child, Ref<Dentry> directory, Dentry& named) {
  child->take_name(named);
  child->parent = directory;
  directory->add_child(child.get());
  if (child->inode->is(mode::directory)) directory->inode->links++;
  touch_directory(*directory);
  child->inode->changed = now_for_files();
}

/// May `child` leave its directory, for a place where a directory (or not) is expected?
Status check_removable(const Dentry& directory, const Dentry& child) {
  TRY(check_writable(directory));
  TRY(check_sticky(directory, *child.inode));
  return child.mounted ? Status(Errno::BUSY) : Status{};
}

Status exchange_names(Ref<Dentry> a, Ref<Dentry> b) {
  Ref<Dentry> of_a = a->parent, of_b = b->parent;
  Ref<Dentry> a_name = TRY(Dentry::make(nullptr, a->name, a->name_length, a->inode));
  Ref<Dentry> b_name = TRY(Dentry::make(nullptr, b->name, b->name_length, b->inode));
  take_out(*a);
  take_out(*b);
  put_in(a, of_b, *b_name);
  put_in(b, of_a, *a_name);
  return {};
}

namespace rename_flag {
constexpr u32 no_replace = 1, exchange = 2;
}

/// The rules of rename(2) for what is already at the new place.
Status check_victim(const Parent& to, const Dentry& child, const Dentry& victim, u32 flags) {
  bool directory = child.inode->is(mode::directory), victim_directory = victim.inode->is(mode::directory);
  TRY(check_removable(*to.directory, victim));
  if (flags & rename_flag::exchange) return {};
  if (directory && !victim_directory) return Errno::NOTDIR;
  if (!directory && victim_directory) return Errno::ISDIR;
  return victim.has_children() ? Status(Errno::NOTEMPTY) : Status{};
}

SysResult rename_at(i32 old_directory, u64 old_address, i32 new_directory, u64 new_address, u32 flags) {
  using namespace rename_flag;
  if (flags & ~(no_replace | exchange) || flags == (no_replace | exchange)) return Errno::INVAL;
  UserPath old_path = TRY(UserPath::read(old_address)), new_path = TRY(UserPath::read(new_address));
  Parent from, to;
  TRY(resolve_parent(TRY(start_directory(old_directory, old_path.text())), old_path.text(), false, from));
  TRY(resolve_parent(TRY(start_directory(new_directory, new_path.text())), new_path.text(), false, to));
  if (from.directory->inode->filesystem != to.directory->inode->filesystem) return Errno::XDEV;
  if (from.special) return Errno::BUSY;
  if (to.special) return flags & no_replace ? Errno::EXIST : Errno::BUSY;
  Ref<Dentry> child = TRY(from.directory->inode->lookup(*from.directory, from.name, from.length));
  Result<Ref<Dentry>> existing = to.directory->inode->lookup(*to.directory, to.name, to.length);
  if (existing.ok() && (flags & no_replace)) return Errno::EXIST;
  if (!existing.ok() && (flags & exchange)) return Errno::NOENT;
  bool directory = child->inode->is(mode::directory);
  if (from.must_be_directory && !directory) return Errno::NOTDIR;
  if (to.must_be_directory && !(flags & exchange ? existing.value()->inode->is(mode::directory) : directory))
    return Errno::NOTDIR;
  if (is_below(*to.directory, *child)) return Errno::INVAL;
  if (existing.ok() && is_below(*from.directory, *existing.value()))
    return flags & exchange ? Errno::INVAL : Errno::NOTEMPTY;
  if (existing.ok() && existing.value()->inode == child->inode) return 0;
  TRY(check_removable(*from.directory, *child));
  TRY(check_writable(*to.directory));
  if (directory && from.directory != to.directory) TRY(check_access(*child->inode, may_write));
  if (existing.ok()) TRY(check_victim(to, *child, *existing.value(), flags));
  if (flags & exchange) return exchange_names(child, existing.value());
  Ref<Dentry> named = TRY(Dentry::make(nullptr, to.name, to.length, child->inode));
  if (existing.ok()) remove_name(*to.directory, *existing.value());
  take_out(*child);
  put_in(child, to.directory, *named);
  return 0;
}

SysResult readlink_at(i32 directory, u64 path_address, u64 address, i64 size) {
  if (size <= 0) return Errno::INVAL;
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> start = TRY(start_directory(directory, path.text()));
  Ref<Dentry> d =
      *path.text() || directory == at_current_directory ? TRY(resolve(start, path.text(), LastLink::keep)) : start;
  if (!d->inode->is(mode::link)) return *path.text() ? Errno::INVAL : Errno::NOENT;
  Ref<SharedString> target = TRY(d->inode->link_target());
  u64 length = min<u64>(strlen(target->text()), static_cast<u64>(size));
  TRY(copy_out(address, target->text(), length));
  return length;
}

SysResult mknod_at(i32 directory, u64 path, u32 file_mode, u64 device) {
  Parent parent;
  TRY(place_for(directory, path, false, parent));
  u32 permissions = file_mode & mode::permissions & ~current->fs->umask;
  u64 number = (device >> 8 & 0xfff) << 8 | (device & 0xff);
  switch (file_mode & mode::type) {
    case 0:
    case mode::regular:
      return add_owned(parent, new MemoryFile(permissions));
    case mode::fifo:
      return add_owned(parent, new Pipe(permissions, Pipe::Kind::fifo));
    case mode::character:
    case mode::block:
      if (current->credentials.effective_uid) return Errno::PERM;
      return add_owned(parent, TRY(make_device((file_mode & mode::type) | permissions, number)));
    case mode::socket:
      return add_owned(parent, TRY(make_device(mode::socket | permissions, 0)));
    case mode::directory:
      return Errno::PERM;
    default:
      return Errno::INVAL;
  }
}

}  // namespace

extern "C" SysResult sys_mkdir(u64 path, u32 permissions) { return mkdir_at(at_current_directory, path, permissions); }
extern "C" SysResult sys_mkdirat(i32 directory, u64 path, u32 permissions) {
  return mkdir_at(directory, path, permissions);
}
extern "C" SysResult sys_rmdir(u64 path) { return rmdir_at(at_current_directory, path); }
extern "C" SysResult sys_unlink(u64 path) { return unlink_at(at_current_directory, path); }
extern "C" SysResult sys_unlinkat(i32 directory, u64 path, u32 flags) {
  if (flags & ~at_flag::remove_directory) return Errno::INVAL;
  return flags ? rmdir_at(directory, path) : unlink_at(directory, path);
}
extern "C" SysResult sys_symlink(u64 target, u64 path) { return symlink_at(target, at_current_directory, path); }
extern "C" SysResult sys_symlinkat(u64 target, i32 directory, u64 path) { return symlink_at(target, directory, path); }
extern "C" SysResult sys_link(u64 from, u64 to) {
  return link_at(at_current_directory, from, at_current_directory, to, 0);
}
extern "C" SysResult sys_linkat(i32 od, u64 from, i32 nd, u64 to, u32 flags) {
  return link_at(od, from, nd, to, flags);
}
extern "C" SysResult sys_rename(u64 from, u64 to) {
  return rename_at(at_current_directory, from, at_current_directory, to, 0);
}
extern "C" SysResult sys_renameat(i32 od, u64 from, i32 nd, u64 to) { return rename_at(od, from, nd, to, 0); }
extern "C" SysResult sys_renameat2(i32 od, u64 from, i32 nd, u64 to, u32 flags) {
  return rename_at(od, from, nd, to, flags);
}
extern "C" SysResult sys_readlink(u64 path, u64 address, i32 size) {
  return readlink_at(at_current_directory, path, address, size);
}
extern "C" SysResult sys_readlinkat(i32 directory, u64 path, u64 address, i32 size) {
  return readlink_at(directory, path, address, size);
}
extern "C" SysResult sys_mknod(u64 path, u32 file_mode, u64 device) {
  return mknod_at(at_current_directory, path, file_mode, device);
}
extern "C" SysResult sys_mknodat(i32 directory, u64 path, u32 file_mode, u64 device) {
  return mknod_at(directory, path, file_mode, device);
}

extern "C" SysResult sys_chdir(u64 path_address) {
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> d = TRY(resolve(current->fs->working_directory, path.text(), LastLink::follow));
  if (!d->inode->is(mode::directory)) return Errno::NOTDIR;
  TRY(check_access(*d->inode, may_exec));
  current->fs->working_directory = d;
  look_after_detached_mounts();
  return 0;
}

extern "C" SysResult sys_fchdir(i32 fd) {
  Ref<File> file = TRY(current->files->get_any(fd));
  if (!file->dentry || !file->inode->is(mode::directory)) return Errno::NOTDIR;
  TRY(check_access(*file->inode, may_exec));
  current->fs->working_directory = file->dentry;
  look_after_detached_mounts();
  return 0;
}

extern "C" SysResult sys_chroot(u64 path_address) {
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> d = TRY(resolve(current->fs->working_directory, path.text(), LastLink::follow));
  if (!d->inode->is(mode::directory)) return Errno::NOTDIR;
  if (current->credentials.effective_uid) return Errno::PERM;
  current->fs->root = d;
  return 0;
}

extern "C" SysResult sys_getcwd(u64 address, u64 size) {
  const Dentry& d = *current->fs->working_directory;
  if (d.parent && !d.linked) return Errno::NOENT;
  Buffer buffer(path_max);
  if (!buffer) return Errno::NOMEM;
  char* path = dentry_path(d, current->fs->root.get(), buffer.data(), buffer.size());
  if (!path) return Errno::NAMETOOLONG;
  u64 length = strlen(path) + 1;
  if (length > size) return Errno::RANGE;
  TRY(copy_out(address, path, length));
  return length;
}

extern "C" SysResult sys_umask(u32 mask) {
  u32 old = current->fs->umask;
  current->fs->umask = mask & 0777;
  return old;
}

}  // namespace lucid::kernel
