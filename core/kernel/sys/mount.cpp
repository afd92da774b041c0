// SPDX-License-Identifier: MIT
// mount, umount2: tmpfs and proc can be mounted anywhere; what needs a disk or a second view of a tree
// (bind, move) is refused.
#include "core/kernel/fs/mount.h"

#include "core/kernel/fs/path.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {

extern "C" SysResult sys_mount(u64 source_address, u64 path_address, u64 type_address, u64 flags, u64) {
  constexpr u64 propagation = mount_flag::unbindable | mount_flag::private_ | mount_flag::slave | mount_flag::shared;
  Ref<SharedString> type, source;
  if (type_address) type = SharedString::make(TRY(UserPath::read(type_address)).text());
  if (source_address) source = SharedString::make(TRY(UserPath::read(source_address)).text());
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> at = TRY(resolve(current->fs->working_directory, path.text(), LastLink::follow));
  if (current->credentials.effective_uid) return Errno::PERM;
  if (flags & mount_flag::remount) return remount(*at, flags & mount_flag::read_only);
  if (flags & propagation) return at->parent ? Errno::INVAL : SysResult(0);  // there is one name space only
  if (flags & (mount_flag::bind | mount_flag::move)) return Errno::INVAL;
  if (!type) return Errno::INVAL;
  return mount_filesystem(type->text(), source && *source->text() ? source->text() : "none", at,
                          flags & mount_flag::read_only);
}

extern "C" SysResult sys_umount2(u64 path_address, u32 flags) {
  constexpr u32 force = 1, detach = 2, expire = 4, no_follow = 8;
  if (flags & ~(force | detach | expire | no_follow)) return Errno::INVAL;
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> at =
      TRY(resolve(current->fs->working_directory, path.text(), flags & no_follow ? LastLink::keep : LastLink::follow));
  if (current->credentials.effective_uid) return Errno::PERM;
  if (at->parent) return Errno::INVAL;  // not the root of a mount
  return unmount(at, flags & detach);
}

}  // namespace lucid::kernel
