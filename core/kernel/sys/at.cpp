// SPDX-License-Identifier: MIT
#include "core/kernel/sys/at.h"

#include "core/kernel/proc/task.h"

namespace lucid::kernel {

Result<Found> find_at(i32 directory, u64 path_address, u32 flags) {
  bool empty = !path_address && (flags & at_flag::empty_path);
  UserPath path;
  if (!empty) {
    path = TRY(UserPath::read(path_address));
    empty = !*path.text() && (flags & at_flag::empty_path);
  }
  if (empty) {
    if (directory == at_current_directory)
      return Found{current->fs->working_directory, current->fs->working_directory->inode};
    Ref<File> file = TRY(current->files->get_any(directory));
    return Found{file->dentry, file->inode};
  }
  Ref<Dentry> start = TRY(start_directory(directory, path.text()));
  Ref<Dentry> d = TRY(resolve(start, path.text(), flags & at_flag::no_follow ? LastLink::keep : LastLink::follow));
  return Found{d, d->inode};
}

}  // namespace lucid::kernel
