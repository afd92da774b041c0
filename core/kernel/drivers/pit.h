// SPDX-License-Identifier: MIT
// The 8254 interval timer: channel 0 is the tick, channel 2 measures the TSC once.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// How often channel 0 interrupts in a second, while it runs.
u32 tick_rate();
/// From now on so often; 19 is the least that its 16 bits can do.
void set_tick_rate(u32 ticks_per_second);

void start_pit();
/// An idle machine with nothing to wait for has no tick: channel 0 waits for a count.
void stop_pit();
bool pit_running();

/// TSC ticks per second, measured over 10 ms of channel 2.
u64 measure_tsc_hz();

}  // namespace lucid::kernel
