// SPDX-License-Identifier: MIT
// From a path to a dentry, as path_resolution(7) says.
#pragma once
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

enum class LastLink { follow, keep };

constexpr u64 path_max = 4096, name_max = 255;
constexpr u32 link_depth_max = 40;

extern Ref<Dentry> root_dentry;

/// A path copied from user memory.
class UserPath {
 public:
  static Result<UserPath> read(u64 address);
  const char* text() const { return buffer_.data(); }
  u64 length() const { return length_; }

 private:
  Buffer buffer_;
  u64 length_ = 0;
};

/// The directory a path starts from, unless it is absolute.
Result<Ref<Dentry>> start_directory(i32 directory_fd, const char* path);

Result<Ref<Dentry>> resolve(Ref<Dentry> start, const char* path, LastLink last);

/// The directory in which the last component of `path` is or would be.
struct Parent {
  Ref<Dentry> directory;
  char name[name_max + 1];
  u64 length = 0;
  bool must_be_directory = false;  // a slash follows the name
  bool special = false;            // ".", ".." or "/": no name to make or remove
};
/// With `through_links`, a symbolic link as last component leads on to where it points (for O_CREAT).
Status resolve_parent(Ref<Dentry> start, const char* path, bool through_links, Parent& parent);

// Permissions: bits of access(2).
constexpr u32 may_exec = 1, may_write = 2, may_read = 4;
Status check_access(const Inode& inode, u32 wanted);
/// Is this one of the running task's groups?
bool in_group(u32 gid);

/// Whoever runs owns a new inode; a set-group-ID directory passes its group on.
void own_new_inode(Inode& inode, const Inode& directory);

/// Makes a new name for an inode in a directory.
Result<Ref<Dentry>> add_name(Ref<Dentry> directory, const char* name, u64 length, Ref<Inode> inode);

}  // namespace lucid::kernel
