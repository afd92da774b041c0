// SPDX-License-Identifier: MIT
// futex(2): sleeping on a word of user memory. Waiters are told apart by address space and address
// (private memory), which serves threads; in shared memory by the frame behind the address.
#pragma once
#include "core/kernel/lib/errno.h"

namespace lucid::kernel {

struct Task;

/// Wakes up to `count` who wait at this address of the running task.
u64 wake_futex(u64 address, u64 count);
/// Of a thread that ends: locks in its robust list get FUTEX_OWNER_DIED, and one waiter of each wakes.
void mark_held_futexes_dead(Task& task);

}  // namespace lucid::kernel
