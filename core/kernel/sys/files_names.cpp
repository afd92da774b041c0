// SPDX-License-Identifier: MIT
// Names: mkdir, unlink, rename, link, symlink, readlink, the working directory.
#include "core/kernel/fs/devfs.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/pipe.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr i32 at_current_directory = -100;
constexpr u32 at_no_follow = 0x100, at_remove_directory = 0x200, at_follow = 0x400, at_empty_path = 0x1000;

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
  return check_writable(*parent.directory);
}

SysResult add_owned(const Parent& parent, Ref<Inode> inode) {
  if (!inode) return Errno::NOMEM;
  inode->uid = current->credentials.effective_uid, inode->gid = current->credentials.effective_gid;
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
  if (!child->inode->writable_directory()) return Errno::BUSY;
  if (child->has_children()) return Errno::NOTEMPTY;
  remove_name(*parent.directory, *child);
  return 0;
}

SysResult mkdir_at(i32 directory, u64 path, u32 permissions) {
  Parent parent;
  TRY(place_for(directory, path, true, parent));
  return add_owned(parent, new Directory(permissions & 01777 & ~current->fs->umask));
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

SysResult link_at(i32 old_directory, u64 old_address, i32 new_directory, u64 new_address, u32 flags) {
  if (flags & ~(at_follow | at_empty_path)) return Errno::INVAL;
  UserPath old_path = TRY(UserPath::read(old_address));
  Ref<Dentry> start = TRY(start_directory(old_directory, old_path.text()));
  Ref<Dentry> old = start;
  if (*old_path.text() || !(flags & at_empty_path))
    old = TRY(resolve(start, old_path.text(), flags & at_follow ? LastLink::follow : LastLink::keep));
  Parent parent;
  TRY(place_for(new_directory, new_address, false, parent));
  if (old->inode->is(mode::directory)) return Errno::PERM;
  TRY(add_name(parent.directory, parent.name, parent.length, old->inode));
  old->inode->links++;
  old->inode->changed = now_for_files();
  return 0;
}

bool is_below(const Dentry* d, const Dentry* ancestor) {
  for (; d; d = d->parent.get())
    if (d == ancestor) return true;
  return false;
}

/// Gives a dentry a new place; its File and cwd holders keep it.
Status move_name(Ref<Dentry> child, const Parent& to) {
  Ref<Dentry> from = child->parent;
  Ref<Dentry> moved = TRY(Dentry::make(to.directory, to.name, to.length, child->inode));
  char* name = child->name;
  from->remove_child(child.get());
  child->name = moved->name, child->name_length = moved->name_length, child->hash = moved->hash;
  moved->name = name;  // the old name goes with the helper
  child->parent = to.directory;
  to.directory->add_child(child.get());
  if (child->inode->is(mode::directory)) from->inode->links--, to.directory->inode->links++;
  touch_directory(*from);
  touch_directory(*to.directory);
  child->inode->changed = now_for_files();
  return {};
}

SysResult rename_at(i32 old_directory, u64 old_address, i32 new_directory, u64 new_address, u32 flags) {
  constexpr u32 no_replace = 1, exchange = 2;
  if (flags & ~no_replace) return flags & exchange ? Errno::INVAL : Errno::INVAL;
  UserPath old_path = TRY(UserPath::read(old_address)), new_path = TRY(UserPath::read(new_address));
  Parent from, to;
  TRY(resolve_parent(TRY(start_directory(old_directory, old_path.text())), old_path.text(), false, from));
  TRY(resolve_parent(TRY(start_directory(new_directory, new_path.text())), new_path.text(), false, to));
  if (from.special || to.special) return Errno::BUSY;
  Ref<Dentry> child = TRY(from.directory->inode->lookup(*from.directory, from.name, from.length));
  bool directory = child->inode->is(mode::directory);
  if ((from.must_be_directory || to.must_be_directory) && !directory) return Errno::NOTDIR;
  if (directory && is_below(to.directory.get(), child.get())) return Errno::INVAL;
  TRY(check_writable(*from.directory));
  TRY(check_writable(*to.directory));
  TRY(check_sticky(*from.directory, *child->inode));
  if (!child->inode->writable_directory()) return Errno::BUSY;
  Result<Ref<Dentry>> existing = to.directory->inode->lookup(*to.directory, to.name, to.length);
  if (existing.ok()) {
    Dentry& victim = *existing.value();
    if (flags & no_replace) return Errno::EXIST;
    if (victim.inode == child->inode) return 0;
    if (victim.inode->is(mode::directory)) {
      if (!directory) return Errno::ISDIR;
      if (victim.has_children()) return Errno::NOTEMPTY;
      if (!victim.inode->writable_directory()) return Errno::BUSY;
    } else if (directory) {
      return Errno::NOTDIR;
    }
    TRY(check_sticky(*to.directory, *victim.inode));
    if (is_below(child.get(), &victim)) return Errno::NOTEMPTY;
    remove_name(*to.directory, victim);
  }
  return move_name(child, to);
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
      return add_owned(parent, new Pipe(permissions));
    case mode::character:
    case mode::block:
      if (current->credentials.effective_uid) return Errno::PERM;
      return add_owned(parent, TRY(make_device((file_mode & mode::type) | permissions, number)));
    case mode::socket:
      return add_owned(parent, TRY(make_device(mode::socket | permissions, 0)));
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
  if (flags & ~at_remove_directory) return Errno::INVAL;
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
  return 0;
}

extern "C" SysResult sys_fchdir(i32 fd) {
  Ref<File> file = TRY(current->files->get_any(fd));
  if (!file->dentry || !file->inode->is(mode::directory)) return Errno::NOTDIR;
  TRY(check_access(*file->inode, may_exec));
  current->fs->working_directory = file->dentry;
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
