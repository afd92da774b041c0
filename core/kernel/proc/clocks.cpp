// SPDX-License-Identifier: MIT
#include "core/kernel/proc/clocks.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sched/cpu_time.h"

namespace lucid::kernel {
namespace {

/// Clocks of other processes and threads, by number.
Result<u64> read_dynamic_clock(i32 clock) {
  constexpr i32 kind_mask = 3, of_thread = 4, most_kind = 2;
  if ((clock & kind_mask) > most_kind) return Errno::INVAL;
  u32 pid = static_cast<u32>(~(clock >> 3));
  if (clock & of_thread) {
    Task* t = pid ? find_task(pid) : current;
    if (!t || t->group != current->group) return Errno::INVAL;
    return processor_time(*t);
  }
  Task* t = pid ? find_process(pid) : current;
  if (!t) return Errno::INVAL;
  return processor_time(*t->group);
}

}  // namespace

// Only the running task's accounts can be behind.
u64 processor_time(const ThreadGroup& group) {
  if (current->group.get() == &group) settle_times();
  return tsc_to_nanoseconds(group.cpu_ticks);
}
u64 processor_time(const Task& task) {
  if (&task == current) settle_times();
  return tsc_to_nanoseconds(task.cpu_ticks);
}

u64 user_time(const ThreadGroup& group) {
  if (current->group.get() == &group) settle_times();
  return tsc_to_nanoseconds(group.user_ticks);
}
u64 user_time(const Task& task) {
  if (&task == current) settle_times();
  return tsc_to_nanoseconds(task.user_ticks);
}

bool is_cpu_clock(i32 clock) { return clock < 0 || clock == clock_id::process_cpu || clock == clock_id::thread_cpu; }

u64 clock_base(i32 clock) {
  switch (clock) {
    case clock_id::realtime:
    case clock_id::realtime_coarse:
    case clock_id::realtime_alarm:
    case clock_id::tai:
      return real_time_at_boot();
    default:
      return 0;
  }
}

Result<u64> read_clock_of(const ThreadGroup& group, u32 thread, i32 clock) {
  if (clock < 0) return read_dynamic_clock(clock);
  if (clock == clock_id::process_cpu) return processor_time(group);
  if (clock == clock_id::thread_cpu) {
    const Task* t = thread ? find_task(thread) : group.leader;
    if (!t) return Errno::INVAL;
    return processor_time(*t);
  }
  constexpr i32 unused = 10;  // CLOCK_SGI_CYCLE
  if (clock > clock_id::tai || clock == unused) return Errno::INVAL;
  return clock_base(clock) + nanoseconds_since_boot();
}

Result<u64> read_clock(i32 clock) { return read_clock_of(*current->group, current->pid, clock); }

}  // namespace lucid::kernel
