// SPDX-License-Identifier: MIT
// Mounted file systems. A mount's root dentry covers the dentry it is mounted at: walking down crosses
// through Dentry::mounted, walking up through Dentry::covers.
#pragma once
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

/// What the inodes of one file system have in common.
struct Filesystem {
  const char* type;  // as in /proc/mounts
  u64 magic;         // statfs f_type (Linux include/uapi/linux/magic.h)
  u64 device;        // st_dev
  bool in_memory;    // its contents take RAM
  bool read_only = false;
};

struct Mount {
  Mount* next = nullptr;
  Filesystem* filesystem;  // outlives the mount: files may still be open
  Ref<Dentry> root, at;    // `at` is null for the root file system
  char source[64];
  u32 id = 0;
};
extern Mount* mounts;  // oldest first

namespace mount_flag {
constexpr u64 read_only = 1, no_suid = 2, no_device = 4, no_exec = 8, synchronous = 16, remount = 32, bind = 4096,
              move = 8192, recursive = 0x4000, unbindable = 1 << 17, private_ = 1 << 18, slave = 1 << 19,
              shared = 1 << 20;
}

/// Mounts a new file system of this type ("tmpfs", "proc", ...) over a directory.
Status mount_filesystem(const char* type, const char* source, Ref<Dentry> at, bool read_only);
/// The same, for a root directory that exists already; `at` null: the root of all.
Result<Mount*> mount_directory(const Filesystem& filesystem, const char* source, Ref<Dentry> at, Ref<Inode> root);
Status remount(Dentry& root, bool read_only);
/// EBUSY when something below is in use, unless `detach`.
Status unmount(Ref<Dentry> root, bool detach);

/// Mounts that were detached while in use.
extern Mount* detached_mounts;
void free_detached_mounts();
/// Somebody may have been the last user of a detached mount: it is freed then.
inline void look_after_detached_mounts() {
  if (detached_mounts) free_detached_mounts();
}

/// What one gets to see at a dentry: the root of what is mounted there.
Ref<Dentry> topmost(Ref<Dentry> dentry);

constexpr u64 proc_magic = 0x9fa0, tmpfs_magic = 0x01021994, pipe_magic = 0x50495045, socket_magic = 0x534f434b,
              anonymous_magic = 0x09041934, devpts_magic = 0x1cd1, binfmt_misc_magic = 0x42494e4d;

}  // namespace lucid::kernel
