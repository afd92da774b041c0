// SPDX-License-Identifier: MIT
// Descriptors of objects that have no name: eventfd, timerfd, signalfd.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

/// Opens the inode for reading and writing. `flags`: O_NONBLOCK and O_CLOEXEC, which the calls' own flags equal.
inline SysResult open_anonymous(Ref<Inode> inode, u32 flags) {
  if (!inode) return Errno::NOMEM;
  Ref<File> file = TRY(File::open(inode, nullptr, open_flag::read_write | (flags & open_flag::nonblock)));
  return TRY(current->files->add(file, flags & open_flag::close_on_exec));
}
constexpr u32 anonymous_flags = open_flag::nonblock | open_flag::close_on_exec;

}  // namespace lucid::kernel
