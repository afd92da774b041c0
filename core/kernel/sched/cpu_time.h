// SPDX-License-Identifier: MIT
// Whose time passes. It is charged exactly, by the TSC, at every border between a program, the kernel and
// idling; what an interrupt takes is charged to whom it interrupted, as system time, or idle.
#pragma once
#include "core/kernel/arch/cpu.h"
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// TSC ticks since boot, for /proc/stat; exact after settle_times().
struct CpuTotals {
  u64 user, nice, system, idle;
};
extern CpuTotals cpu_totals;

/// What the running task has used since its accounts were settled. Borders are crossed twice in every system
/// call, accounts are looked at rarely.
struct Unsettled {
  u64 border, user, system;
};
extern Unsettled unsettled;

inline u64 cross_border() {
  u64 now = read_tsc(), passed = now - unsettled.border;
  unsettled.border = now;
  return passed;
}
/// The kernel was entered from ring 3: the time since the last border was the running program's.
inline void charge_user() { unsettled.user += cross_border(); }
/// It was the kernel's, working for the running task.
inline void charge_system() { unsettled.system += cross_border(); }
/// It was nobody's: the processor waited.
void charge_idle();
/// Brings the accounts of the running task, its group and cpu_totals up to now. For all who read them, and
/// before `current` changes.
void settle_times();

}  // namespace lucid::kernel
