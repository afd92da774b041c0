// SPDX-License-Identifier: MIT
// Time: the TSC says how much has passed, the PIT tick wakes who waited.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

void setup_clock();
u64 tsc_hz();
u64 nanoseconds_since_boot();
u64 microseconds_since_boot();
/// Seconds since 1970 at boot: a fixed date, for there is no battery-backed clock and runs must repeat.
u64 boot_time_seconds();
u64 tsc_to_nanoseconds(u64 ticks);

}  // namespace lucid::kernel
