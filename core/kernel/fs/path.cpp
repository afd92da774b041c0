// SPDX-License-Identifier: MIT
#include "core/kernel/fs/path.h"

#include "core/kernel/fs/mount.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

Ref<Dentry> root_dentry;

namespace {

/// One component after the other. Symbolic links are walked by recursion; `depth` bounds them.
class Walk {
 public:
  /// Walks all but the last component, whose place it leaves in `parent`.
  Status to_parent(Ref<Dentry> start, const char* path, Parent& parent) {
    if (!*path) return Errno::NOENT;
    Ref<Dentry> at = *path == '/' ? current->fs->root : start;
    for (;;) {
      while (*path == '/') path++;
      u64 length = 0;
      while (path[length] && path[length] != '/') length++;
      if (length > name_max) return Errno::NAMETOOLONG;
      const char* rest = path + length;
      bool slash = *rest == '/';
      while (*rest == '/') rest++;
      if (!*rest) {
        if (!at->inode->is(mode::directory)) return Errno::NOTDIR;
        parent.directory = at;
        memcpy(parent.name, path, length);
        parent.name[length] = 0;
        parent.length = length;
        parent.must_be_directory = slash;
        parent.special = length == 0 || equal(parent.name, ".") || equal(parent.name, "..");
        return {};
      }
      at = TRY(step(at, path, length, LastLink::follow));
      path = rest;
    }
  }

  Result<Ref<Dentry>> finish(const Parent& parent, LastLink last) {
    LastLink links = parent.must_be_directory ? LastLink::follow : last;
    Ref<Dentry> found = TRY(step(parent.directory, parent.name, parent.length, links));
    if (parent.must_be_directory && !found->inode->is(mode::directory)) return Errno::NOTDIR;
    return found;
  }

  Result<Ref<Dentry>> step(Ref<Dentry> at, const char* name, u64 length, LastLink links) {
    if (!at->inode->is(mode::directory)) return Errno::NOTDIR;
    TRY(check_access(*at->inode, may_exec));
    if (length == 0 || (length == 1 && name[0] == '.')) return at;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
      while (at != current->fs->root && !at->parent && at->covers) at = at->covers;
      if (at == current->fs->root || !at->parent) return at;
      return topmost(at->parent);
    }
    Ref<Dentry> child = topmost(TRY(at->inode->lookup(*at, name, length)));
    if (!child->inode->is(mode::link) || links == LastLink::keep) return child;
    return follow(at, child);
  }

  Result<Ref<Dentry>> follow(Ref<Dentry> directory, Ref<Dentry> link) {
    if (++depth_ > link_depth_max) return Errno::LOOP;
    if (Ref<Dentry> target = link->inode->link_dentry()) return target;
    Ref<SharedString> target = TRY(link->inode->link_target());
    Parent parent;
    TRY(to_parent(directory, target->text(), parent));
    return finish(parent, LastLink::follow);
  }

 private:
  u32 depth_ = 0;
};

}  // namespace

Result<UserPath> UserPath::read(u64 address) {
  u64 length = TRY(user_strlen(address, path_max));
  if (length == path_max) return Errno::NAMETOOLONG;
  UserPath path;
  path.buffer_ = Buffer(length + 1);
  if (!path.buffer_) return Errno::NOMEM;
  TRY(copy_in(path.buffer_.data(), address, length));
  path.buffer_.data()[length] = 0;
  path.length_ = length;
  return path;
}

Result<Ref<Dentry>> start_directory(i32 directory_fd, const char* path) {
  constexpr i32 at_current_directory = -100;
  if (*path == '/' || directory_fd == at_current_directory) return current->fs->working_directory;
  Ref<File> file = TRY(current->files->get_any(directory_fd));
  if (!file->dentry) return Errno::NOTDIR;
  if (*path && !file->inode->is(mode::directory)) return Errno::NOTDIR;
  return file->dentry;
}

Result<Ref<Dentry>> resolve(Ref<Dentry> start, const char* path, LastLink last) {
  Walk walk;
  Parent parent;
  TRY(walk.to_parent(start, path, parent));
  return walk.finish(parent, last);
}

Status resolve_parent(Ref<Dentry> start, const char* path, bool through_links, Parent& parent) {
  Walk walk;
  Ref<SharedString> held;
  for (u32 depth = 0;; depth++) {
    TRY(walk.to_parent(start, path, parent));
    if (!through_links || parent.special || parent.must_be_directory) return {};
    Result<Ref<Dentry>> last = walk.step(parent.directory, parent.name, parent.length, LastLink::keep);
    if (!last.ok() || !last.value()->inode->is(mode::link) || last.value()->inode->link_dentry()) return {};
    if (depth >= link_depth_max) return Errno::LOOP;
    held = TRY(last.value()->inode->link_target());
    start = parent.directory;
    path = held->text();
  }
}

bool in_group(u32 gid) {
  const Credentials& who = current->credentials;
  if (gid == who.file_gid) return true;
  if (who.groups)
    for (u32 id : *who.groups)
      if (id == gid) return true;
  return false;
}

Status check_access(const Inode& inode, u32 wanted) {
  const Credentials& who = current->credentials;
  bool stored = inode.is(mode::regular) || inode.is(mode::directory) || inode.is(mode::link);
  if ((wanted & may_write) && stored && inode.filesystem && inode.filesystem->read_only) return Errno::ROFS;
  if (who.file_uid == 0) {
    // root may do anything, except run a file nobody may run
    if ((wanted & may_exec) && !inode.is(mode::directory) && !(inode.mode & 0111)) return Errno::ACCES;
    return {};
  }
  u32 shift = inode.uid == who.file_uid ? 6 : in_group(inode.gid) ? 3 : 0;
  return (inode.mode >> shift & wanted) == wanted ? Status{} : Errno::ACCES;
}

void own_new_inode(Inode& inode, const Inode& directory) {
  inode.uid = current->credentials.file_uid;
  inode.gid = directory.mode & mode::set_gid ? directory.gid : current->credentials.file_gid;
}

Result<Ref<Dentry>> add_name(Ref<Dentry> directory, const char* name, u64 length, Ref<Inode> inode) {
  if (!inode) return Errno::NOMEM;
  Ref<Dentry> d = TRY(Dentry::make(directory, name, length, inode));
  directory->add_child(d.get());
  directory->inode->modified = directory->inode->changed = now_for_files();
  if (!inode->filesystem) inode->filesystem = directory->inode->filesystem;
  if (inode->is(mode::directory)) directory->inode->links++;
  return d;
}

}  // namespace lucid::kernel
