// SPDX-License-Identifier: MIT
#include "core/kernel/fs/path.h"

#include "core/kernel/fs/mount.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

Ref<Dentry> root_dentry;

namespace {

/// One component after the other. The target of a symbolic link takes the place of the link's name in
/// what is left of the path: recursion would not fit on a kernel stack.
class Walk {
 public:
  Walk(Ref<Dentry> start, const char* path) : at_(start), rest_(path) {}

  /// Walks all but the last component, whose place it leaves in `parent`.
  Status to_parent(Parent& parent) {
    if (!*rest_) return Errno::NOENT;
    if (*rest_ == '/') at_ = current->fs->root;
    for (;;) {
      while (*rest_ == '/') rest_++;
      const char* name = rest_;
      u64 length = 0;
      while (name[length] && name[length] != '/') length++;
      if (length > name_max) return Errno::NAMETOOLONG;
      rest_ = name + length;
      bool slash = *rest_ == '/';
      while (*rest_ == '/') rest_++;
      if (!*rest_) {
        if (!at_->inode->is(mode::directory)) return Errno::NOTDIR;
        parent.directory = at_;
        memcpy(parent.name, name, length);
        parent.name[length] = 0;
        parent.length = length;
        parent.must_be_directory = slash;
        parent.special = length == 0 || equal(parent.name, ".") || equal(parent.name, "..");
        return {};
      }
      Ref<Dentry> child = TRY(step(*at_, name, length));
      if (!child->inode->is(mode::link))
        at_ = child;
      else if (Ref<Dentry> target = TRY(magic_target(*child)))
        at_ = target;
      else
        TRY(replace(*child, true));
    }
  }

  /// After to_parent(): the last component is a link; the walk goes on to what that names.
  Status enter(const Parent& parent, const Dentry& link) {
    at_ = parent.directory;
    return replace(link, parent.must_be_directory);
  }

  Result<Ref<Dentry>> to_end(LastLink last) {
    for (;;) {
      Parent parent;
      TRY(to_parent(parent));
      Ref<Dentry> found = TRY(step(*parent.directory, parent.name, parent.length));
      bool follow = last == LastLink::follow || parent.must_be_directory;
      if (follow && found->inode->is(mode::link)) {
        Ref<Dentry> target = TRY(magic_target(*found));
        if (!target) {
          TRY(enter(parent, *found));
          continue;
        }
        found = target;
      }
      if (parent.must_be_directory && !found->inode->is(mode::directory)) return Errno::NOTDIR;
      return found;
    }
  }

  /// A name in a directory; links are not followed.
  static Result<Ref<Dentry>> step(Dentry& directory, const char* name, u64 length) {
    Ref<Dentry> at = &directory;
    if (!at->inode->is(mode::directory)) return Errno::NOTDIR;
    TRY(check_access(*at->inode, may_exec));
    if (length == 0 || (length == 1 && name[0] == '.')) return at;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
      while (at != current->fs->root && !at->parent && at->covers) at = at->covers;
      if (at == current->fs->root || !at->parent) return at;
      return topmost(at->parent);
    }
    return topmost(TRY(at->inode->lookup(*at, name, length)));
  }

 private:
  /// Where a link leads that is no path (/proc/self/exe); null for an ordinary link.
  Result<Ref<Dentry>> magic_target(const Dentry& link) {
    if (++depth_ > link_depth_max) return Errno::LOOP;
    return link.inode->link_dentry();
  }

  /// Puts a link's target before what is left of the path.
  Status replace(const Dentry& link, bool slash) {
    Ref<SharedString> target = TRY(link.inode->link_target());
    u64 length = strlen(target->text()), rest_length = strlen(rest_);
    if (!length) return Errno::NOENT;
    Buffer whole(length + 1 + rest_length + 1);
    if (!whole) return Errno::NOMEM;
    memcpy(whole.data(), target->text(), length);
    if (slash) whole.data()[length++] = '/';
    memcpy(whole.data() + length, rest_, rest_length + 1);
    text_ = static_cast<Buffer&&>(whole);
    rest_ = text_.data();
    if (*rest_ == '/') at_ = current->fs->root;
    return {};
  }

  Ref<Dentry> at_;
  const char* rest_;
  Buffer text_;  // what rest_ points into once a link was met
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
  return Walk(start, path).to_end(last);
}

Status resolve_parent(Ref<Dentry> start, const char* path, bool through_links, Parent& parent) {
  Walk walk(start, path);
  for (u32 depth = 0;; depth++) {
    TRY(walk.to_parent(parent));
    if (!through_links || parent.special || parent.must_be_directory) return {};
    Result<Ref<Dentry>> last = Walk::step(*parent.directory, parent.name, parent.length);
    if (!last.ok() || !last.value()->inode->is(mode::link) || last.value()->inode->link_dentry()) return {};
    if (depth >= link_depth_max) return Errno::LOOP;
    TRY(walk.enter(parent, *last.value()));
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
