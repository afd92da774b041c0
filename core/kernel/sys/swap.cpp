// SPDX-License-Identifier: MIT
// swapon, swapoff: one area at a time.
#include "core/kernel/mm/swap.h"

#include "core/kernel/fs/path.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr u32 prefer = 0x8000, priority_mask = 0x7fff, discard = 0x70000;

Result<BlockDevice*> device_at(u64 path_address) {
  if (current->credentials.effective_uid) return Errno::PERM;
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> found = TRY(resolve(current->fs->working_directory, path.text(), LastLink::follow));
  BlockDevice* device = found->inode->as_block_device();
  if (!device) return Errno::INVAL;
  return device;
}

}  // namespace

extern "C" SysResult sys_swapon(u64 path, u32 flags) {
  if (flags & ~(prefer | priority_mask | discard)) return Errno::INVAL;
  return swap_on(*TRY(device_at(path)));
}

extern "C" SysResult sys_swapoff(u64 path) {
  BlockDevice* device = TRY(device_at(path));
  if (!equal(device->name(), swap_name())) return Errno::INVAL;
  return swap_off();
}

}  // namespace lucid::kernel
