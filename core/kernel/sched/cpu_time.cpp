// SPDX-License-Identifier: MIT
#include "core/kernel/sched/cpu_time.h"

#include "core/kernel/arch/interrupts.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

CpuTotals cpu_totals;
Unsettled unsettled;

void settle_times() {
  InterruptsOff off;  // the tick settles too
  charge_system();
  const u64 user = unsettled.user, system = unsettled.system;
  unsettled.user = unsettled.system = 0;
  Task& task = *current;
  task.cpu_ticks += user + system;
  task.user_ticks += user;
  if (task.group) {
    task.group->cpu_ticks += user + system;
    task.group->user_ticks += user;
  }
  (task.nice > 0 ? cpu_totals.nice : cpu_totals.user) += user;
  cpu_totals.system += system;
}

void charge_idle() { cpu_totals.idle += cross_border(); }

}  // namespace lucid::kernel
