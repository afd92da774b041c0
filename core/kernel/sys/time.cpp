// SPDX-License-Identifier: MIT
// Clocks, sleeping, alarms.
#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/proc/rusage.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/proc/timers.h"

namespace lucid::kernel {
namespace {

enum Clock : u32 {
  realtime,
  monotonic,
  process_cpu,
  thread_cpu,
  monotonic_raw,
  realtime_coarse,
  monotonic_coarse,
  boottime,
  clock_count
};
constexpr u32 absolute = 1;
constexpr u64 second = 1'000'000'000;

u64 processor_time() { return tsc_to_nanoseconds(current->cpu_ticks + (read_tsc() - current->switched_in_at)); }
u64 realtime_base() { return boot_time_seconds() * second; }

Result<u64> read_clock(u32 clock) {
  switch (clock) {
    case realtime:
    case realtime_coarse:
      return realtime_base() + nanoseconds_since_boot();
    case monotonic:
    case monotonic_raw:
    case monotonic_coarse:
    case boottime:
      return nanoseconds_since_boot();
    case process_cpu:
    case thread_cpu:
      return processor_time();
    default:
      return Errno::INVAL;
  }
}

WaitQueue sleepers;  // only the clock and signals wake them

/// Sleeps until `deadline`; when a signal comes, writes what is left to `remaining`.
SysResult sleep_until(u64 deadline, u64 remaining, bool restartable) {
  for (;;) {
    Wake w = sleep_on(sleepers, WaitReason::sleep, max<u64>(deadline, 1));
    if (w == Wake::timeout) return 0;
    if (w == Wake::event) continue;
    if (!restartable) return Errno::RESTARTNOHAND;
    u64 now = nanoseconds_since_boot();
    if (now >= deadline) return 0;
    if (remaining) TRY(write_user(UserPtr<Timespec>{remaining}, to_timespec(deadline - now)));
    current->restart.deadline = deadline;
    current->restart.remaining_address = remaining;
    current->restart.active = true;
    return Errno::RESTART_BLOCK;
  }
}

struct IntervalTimer {
  Timeval interval, value;
};
Result<u64> to_ns(Timeval t) {
  if (t.seconds < 0 || t.microseconds < 0 || t.microseconds >= 1'000'000) return Errno::INVAL;
  return static_cast<u64>(t.seconds) * second + static_cast<u64>(t.microseconds) * 1000;
}
IntervalTimer timer_state() {
  const ThreadGroup& g = *current->group;
  u64 now = nanoseconds_since_boot();
  u64 left = g.alarm_deadline ? (g.alarm_deadline > now ? g.alarm_deadline - now : 1000) : 0;
  return {to_timeval(g.alarm_interval), to_timeval(left)};
}

}  // namespace

extern "C" SysResult sys_clock_gettime(u32 clock, UserPtr<Timespec> to) {
  return write_user(to, to_timespec(TRY(read_clock(clock))));
}
extern "C" SysResult sys_clock_getres(u32 clock, UserPtr<Timespec> to) {
  TRY(read_clock(clock));
  bool coarse = clock == realtime_coarse || clock == monotonic_coarse;
  if (!to) return 0;
  return write_user(to, Timespec{0, coarse ? static_cast<i64>(second / ticks_per_second) : 1});
}
extern "C" SysResult sys_clock_settime() { return Errno::PERM; }
extern "C" SysResult sys_gettimeofday(UserPtr<Timeval> to, UserPtr<u64> zone) {
  if (to) TRY(write_user(to, to_timeval(TRY(read_clock(realtime)))));
  if (zone) TRY(write_user(zone, u64{0}));
  return 0;
}
extern "C" SysResult sys_time(UserPtr<i64> to) {
  i64 now = static_cast<i64>(TRY(read_clock(realtime)) / second);
  if (to) TRY(write_user(to, now));
  return now;
}
extern "C" SysResult sys_times(u64 to) {
  u64 tick = second / ticks_per_second;
  i64 t[4] = {static_cast<i64>(processor_time() / tick), 0, static_cast<i64>(current->group->user_ns_children / tick),
              0};
  if (to) TRY(copy_out(to, t, sizeof t));
  return nanoseconds_since_boot() / tick;
}

extern "C" SysResult sys_nanosleep(UserPtr<Timespec> request, u64 remaining) {
  Timespec t = TRY(read_user(request));
  if (!t.valid()) return Errno::INVAL;
  return sleep_until(nanoseconds_since_boot() + t.total(), remaining, true);
}

extern "C" SysResult sys_clock_nanosleep(u32 clock, u32 flags, UserPtr<Timespec> request, u64 remaining) {
  if (clock >= clock_count || clock == thread_cpu) return Errno::INVAL;
  Timespec t = TRY(read_user(request));
  if (!t.valid()) return Errno::INVAL;
  if (!(flags & absolute)) return sleep_until(nanoseconds_since_boot() + t.total(), remaining, true);
  u64 deadline = t.total(), base = clock == realtime || clock == realtime_coarse ? realtime_base() : 0;
  return sleep_until(deadline > base ? deadline - base : 1, 0, false);
}

extern "C" SysResult sys_restart_syscall() {
  if (!current->restart.active) return Errno::INTR;
  current->restart.active = false;
  return sleep_until(current->restart.deadline, current->restart.remaining_address, true);
}

extern "C" SysResult sys_alarm(u32 seconds) {
  IntervalTimer old = timer_state();
  set_alarm(*current->group, seconds ? nanoseconds_since_boot() + seconds * second : 0, 0);
  return old.value.seconds +
         (old.value.microseconds >= 500'000 || (!old.value.seconds && old.value.microseconds) ? 1 : 0);
}

extern "C" SysResult sys_getitimer(u32 which, UserPtr<IntervalTimer> to) {
  if (which > 2) return Errno::INVAL;
  return write_user(to, which ? IntervalTimer{} : timer_state());
}
extern "C" SysResult sys_setitimer(u32 which, UserPtr<IntervalTimer> wanted, UserPtr<IntervalTimer> old) {
  if (which > 2) return Errno::INVAL;
  IntervalTimer before = which ? IntervalTimer{} : timer_state(), w{};
  if (wanted) w = TRY(read_user(wanted));
  u64 value = TRY(to_ns(w.value)), interval = TRY(to_ns(w.interval));
  if (which == 0) set_alarm(*current->group, value ? nanoseconds_since_boot() + value : 0, interval);
  if (old) TRY(write_user(old, before));
  return 0;
}

}  // namespace lucid::kernel
