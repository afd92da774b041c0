// SPDX-License-Identifier: MIT
// Paths from the kernel's tree of names. Everything is bounded: the tree may be corrupt.
#pragma once
#include <map>
#include <string>

#include "core/inspect/kernel_tables.h"

namespace lucid::inspect {

/// The absolute path of a dentry, mounts crossed; "" when it cannot be told.
std::string path_of(const KernelTables& kernel, Gva dentry);

/// One path for each inode that has a name, by the inode's address.
std::map<u64, std::string> paths_of_inodes(const KernelTables& kernel);

/// "pipe:[7]", "socket:[9]": what /proc/PID/fd calls a file without a name.
std::string nameless(u32 mode, u64 inode);

}  // namespace lucid::inspect
