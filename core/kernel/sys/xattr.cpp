// SPDX-License-Identifier: MIT
// Extended attributes: no file system here has them. The calls look at the file they are about, so that
// what is wrong with that is told first.
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/at.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

SysResult refuse(u64 path, u32 flags) {
  TRY(find_at(at_current_directory, path, flags));
  return Errno::OPNOTSUPP;
}
SysResult refuse_file(i32 fd) {
  TRY(current->files->get(fd));
  return Errno::OPNOTSUPP;
}
SysResult list_none(u64 path, u32 flags) {
  TRY(find_at(at_current_directory, path, flags));
  return 0;
}

}  // namespace

extern "C" SysResult sys_getxattr(u64 path) { return refuse(path, 0); }
extern "C" SysResult sys_lgetxattr(u64 path) { return refuse(path, at_flag::no_follow); }
extern "C" SysResult sys_fgetxattr(i32 fd) { return refuse_file(fd); }
extern "C" SysResult sys_setxattr(u64 path) { return refuse(path, 0); }
extern "C" SysResult sys_lsetxattr(u64 path) { return refuse(path, at_flag::no_follow); }
extern "C" SysResult sys_fsetxattr(i32 fd) { return refuse_file(fd); }
extern "C" SysResult sys_removexattr(u64 path) { return refuse(path, 0); }
extern "C" SysResult sys_lremovexattr(u64 path) { return refuse(path, at_flag::no_follow); }
extern "C" SysResult sys_fremovexattr(i32 fd) { return refuse_file(fd); }
extern "C" SysResult sys_listxattr(u64 path) { return list_none(path, 0); }
extern "C" SysResult sys_llistxattr(u64 path) { return list_none(path, at_flag::no_follow); }
extern "C" SysResult sys_flistxattr(i32 fd) {
  TRY(current->files->get(fd));
  return 0;
}

}  // namespace lucid::kernel
