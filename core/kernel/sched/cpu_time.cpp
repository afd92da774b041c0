// SPDX-License-Identifier: MIT
#include "core/kernel/sched/cpu_time.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

CpuTotals cpu_totals;

namespace {

u64 border = 0;

u64 cross_border() {
  u64 now = read_tsc(), passed = now - border;
  border = now;
  return passed;
}

void charge(Task& task, u64 ticks) {
  task.cpu_ticks += ticks;
  if (task.group) task.group->cpu_ticks += ticks;
}

}  // namespace

void charge_user() {
  u64 ticks = cross_border();
  Task& task = *current;
  charge(task, ticks);
  task.user_ticks += ticks;
  task.group->user_ticks += ticks;
  (task.nice > 0 ? cpu_totals.nice : cpu_totals.user) += ticks;
}

void charge_system() {
  u64 ticks = cross_border();
  cpu_totals.system += ticks;
  charge(*current, ticks);
}

void charge_idle() { cpu_totals.idle += cross_border(); }

u64 uncharged_ticks() { return read_tsc() - border; }

}  // namespace lucid::kernel
