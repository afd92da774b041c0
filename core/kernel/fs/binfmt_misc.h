// SPDX-License-Identifier: MIT
// /proc/sys/fs/binfmt_misc: "register", "status", and a file for each registered format (exec/registered.h).
#pragma once
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

/// Its one directory; mounting the file system shows it once more.
Ref<Inode> binfmt_misc_root();

}  // namespace lucid::kernel
