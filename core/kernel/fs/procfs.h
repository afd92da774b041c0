// SPDX-License-Identifier: MIT
// /proc: of processes nothing is stored; names are made when they are looked up, contents when they
// are read. The rest is a tree of directories and files that anybody may add to.
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/fs/proc_text.h"

namespace lucid::kernel {

/// The directory /proc itself, the same for each mount of it.
Ref<Inode> proc_root();
void mount_proc();

/// A directory below /proc ("sys/fs"), made if it is missing. Names in it are added with add_name().
Result<Ref<Dentry>> proc_directory(const char* path);

/// Takes what was written in one write(2): `text` ends with NUL, without the newline.
using ProcWrite = Status (*)(const char* text);
/// A file below /proc whose text is made anew when it is read from its beginning.
void add_proc_file(const char* path, u32 permissions, SystemText read, ProcWrite write = nullptr);

/// Fills /proc/sys (proc_sys.cpp).
void populate_proc_sys();

}  // namespace lucid::kernel
