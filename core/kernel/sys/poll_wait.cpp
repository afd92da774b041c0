// SPDX-License-Identifier: MIT
#include "core/kernel/sys/poll_wait.h"

#include "core/kernel/drivers/clock.h"

namespace lucid::kernel {

Deadline deadline_after(u64 ns) { return {nanoseconds_since_boot() + ns, ns != 0}; }

Deadline deadline_in(i32 milliseconds) {
  return milliseconds < 0 ? Deadline{} : deadline_after(static_cast<u64>(milliseconds) * 1'000'000);
}

Result<Deadline> deadline_of(UserPtr<Timespec> timeout) {
  if (!timeout) return Deadline{};
  Timespec t = TRY(read_user(timeout));
  if (!t.valid()) return Errno::INVAL;
  return deadline_after(t.total());
}

Status use_mask(u64 mask_address, u64 size) {
  if (!mask_address) return {};
  if (size != sizeof(u64)) return Errno::INVAL;
  u64 mask = TRY(read_user(UserPtr<u64>{mask_address}));
  current->suspended_mask = current->blocked;
  set_blocked(mask);
  return {};
}

SysResult end_mask(u64 mask_address, SysResult result) {
  if (!mask_address) return result;
  if (result.is(Errno::RESTARTNOHAND) || result.is(Errno::INTR))
    current->restore_mask = true;
  else
    set_blocked(current->suspended_mask);
  return result;
}

}  // namespace lucid::kernel
