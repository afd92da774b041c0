// SPDX-License-Identifier: MIT
#pragma once
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {

/// clock_nanosleep(2); `remaining` is where to tell what is left after a signal, 0 = nowhere.
SysResult sleep_on_clock_for(i32 clock, u32 flags, Timespec request, u64 remaining);

}  // namespace lucid::kernel
