// SPDX-License-Identifier: MIT
// Whose time passes. It is charged exactly, by the TSC, at every border between a program, the kernel and
// idling; what an interrupt takes is charged to whom it interrupted, as system time, or idle.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// TSC ticks since boot, for /proc/stat.
struct CpuTotals {
  u64 user, nice, system, idle;
};
extern CpuTotals cpu_totals;

/// The kernel was entered from ring 3: the time since the last border was the running program's.
void charge_user();
/// It was the kernel's, working for the running task.
void charge_system();
/// It was nobody's: the processor waited.
void charge_idle();
/// TSC ticks since the last border: not charged to the running task yet.
u64 uncharged_ticks();

}  // namespace lucid::kernel
