// SPDX-License-Identifier: MIT
#include "core/kernel/sched/proc_files.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/fs/procfs.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sched/cpu_time.h"

namespace lucid::kernel {
namespace {

u64 in_clock_ticks(u64 tsc_ticks) { return to_clock_ticks(tsc_to_nanoseconds(tsc_ticks)); }

void stat(Text& out) {
  settle_times();
  const CpuTotals& c = cpu_totals;
  constexpr const char* names[] = {"cpu ", "cpu0"};
  for (const char* name : names)
    out.add("%s %lu %lu %lu %lu 0 0 0 0 0 0\n", name, in_clock_ticks(c.user), in_clock_ticks(c.nice),
            in_clock_ticks(c.system), in_clock_ticks(c.idle));
  u64 interrupts = 0, running = 0;
  for (u64 count : irq_counts) interrupts += count;
  for (Task* t = task_list; t; t = t->next_task)
    running += t->state == TaskState::running || t->state == TaskState::ready;
  out.add("intr %lu", interrupts);
  for (u64 count : irq_counts) out.add(" %lu", count);
  out.add("\nctxt %lu\nbtime %lu\nprocesses %lu\nprocs_running %lu\nprocs_blocked 0\n", context_switches,
          boot_time_seconds(), task_starts, running);
}

void uptime(Text& out) {
  settle_times();
  constexpr u64 centisecond = 10'000'000;
  u64 up = nanoseconds_since_boot() / centisecond, idle = tsc_to_nanoseconds(cpu_totals.idle) / centisecond;
  out.add("%lu.%02lu %lu.%02lu\n", up / 100, up % 100, idle / 100, idle % 100);
}

void interrupts(Text& out) {
  out.add("           CPU0       \n");
  for (u32 irq = 0; irq < irq_count; irq++)
    if (*irq_name(irq)) out.add("%3u: %10lu    XT-PIC      %s\n", irq, irq_counts[irq], irq_name(irq));
  out.add("ERR: %10lu\n", spurious_interrupts);
}

/// A time in milliseconds with the nanoseconds as decimals.
void add_time(Text& out, const char* name, u64 ns) {
  out.add("%-45s:%14lu.%06lu\n", name, ns / 1'000'000, ns % 1'000'000);
}

}  // namespace

void sched_text(Text& out, Task& t) {
  const SchedEntity& e = t.sched;
  out.add("%s (%u, #threads: %u)\n-------------------------------------------------------------------\n", t.name, t.pid,
          t.group->live);
  add_time(out, "se.sum_exec_runtime", processor_time(t));
  add_time(out, "se.vruntime", e.vruntime);
  add_time(out, "se.deadline", e.deadline);
  add_time(out, "se.slice", slice_of(t));
  add_time(out, "se.wait_sum", tsc_to_nanoseconds(e.waited));
  out.add("%-45s:%21lu\n", "nr_switches", t.voluntary_switches + t.involuntary_switches);
  out.add("%-45s:%21lu\n", "nr_voluntary_switches", t.voluntary_switches);
  out.add("%-45s:%21lu\n", "nr_involuntary_switches", t.involuntary_switches);
  out.add("%-45s:%21u\n", "se.load.weight", e.weight);
  out.add("%-45s:%21u\n", "policy", t.policy);
  out.add("%-45s:%21d\n", "prio", t.is_real_time() ? 99 - static_cast<i32>(t.priority) : 120 + t.nice);
}

/// Time on the processor and waiting for it, nanoseconds, and how often it got it.
void schedstat_text(Text& out, Task& t) {
  out.add("%lu %lu %lu\n", processor_time(t), tsc_to_nanoseconds(t.sched.waited), t.sched.switched_in);
}

void add_time_files() {
  add_proc_file("stat", 0444, stat);
  add_proc_file("uptime", 0444, uptime);
  add_proc_file("interrupts", 0444, interrupts);
}

}  // namespace lucid::kernel
