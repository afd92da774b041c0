// SPDX-License-Identifier: MIT
// Time: the TSC says how much has passed, the PIT tick wakes who waited.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

void setup_clock();
u64 tsc_hz();
u64 tsc_at_boot();
u64 nanoseconds_since_boot();
u64 microseconds_since_boot();
/// Nanoseconds from 1970 to boot: a fixed date, for there is no battery-backed clock and runs must
/// repeat, until somebody sets the clock.
u64 real_time_at_boot();
void set_real_time(u64 nanoseconds_since_1970);
/// The same in seconds.
inline u64 boot_time_seconds() { return real_time_at_boot() / 1'000'000'000; }
u64 tsc_to_nanoseconds(u64 ticks);

}  // namespace lucid::kernel
