// SPDX-License-Identifier: MIT
// futex(2): sleeping on a word of user memory. Waiters are told apart by address space and address
// (private futexes) which serves threads; shared ones by the frame behind the address.
#pragma once
#include "core/kernel/lib/errno.h"

namespace lucid::kernel {

u64 wake_futex(u64 address, u64 count);

}  // namespace lucid::kernel
