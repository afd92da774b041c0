// SPDX-License-Identifier: MIT
// The *at calls' directory descriptor and flags (Linux include/uapi/linux/fcntl.h).
#pragma once
#include "core/kernel/fs/path.h"

namespace lucid::kernel {

constexpr i32 at_current_directory = -100;
namespace at_flag {
constexpr u32 no_follow = 0x100, effective = 0x200, remove_directory = 0x200, follow = 0x400, no_automount = 0x800,
              empty_path = 0x1000, sync_type = 0x6000;
}

/// The dentry that a (directory, path, flags) triple names. A descriptor without a name (a pipe)
/// gives null with `inode` set.
struct Found {
  Ref<Dentry> dentry;
  Ref<Inode> inode;
};
Result<Found> find_at(i32 directory, u64 path_address, u32 flags);

}  // namespace lucid::kernel
