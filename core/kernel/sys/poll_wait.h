// SPDX-License-Identifier: MIT
// What poll, select and epoll_wait share: how long to wait, and with which signals blocked.
#pragma once
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {

/// Until when to wait: a time since boot, for ever (0), or not at all.
struct Deadline {
  u64 at = 0;
  bool wait = true;
};
Deadline deadline_after(u64 ns);
/// Negative: for ever.
Deadline deadline_in(i32 milliseconds);
/// Null: for ever.
Result<Deadline> deadline_of(UserPtr<Timespec> timeout);

/// Swaps the signal mask for the time of a ppoll, pselect or epoll_pwait; a null address keeps it.
Status use_mask(u64 mask_address, u64 size);
/// Ends that; a handler that interrupted the wait still runs under the temporary mask.
SysResult end_mask(u64 mask_address, SysResult result);

}  // namespace lucid::kernel
