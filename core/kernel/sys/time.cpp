// SPDX-License-Identifier: MIT
// Clocks and sleeping.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/proc/clocks.h"
#include "core/kernel/proc/rusage.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/sleep.h"

namespace lucid::kernel {
namespace {

constexpr u32 absolute = 1;
constexpr u64 second = 1'000'000'000;

WaitQueue sleepers;  // only the clock and signals wake them

SysResult sleep_until(i32 clock, u64 deadline, u64 remaining);

/// Until the clock shows `deadline`. Processor time cannot pass faster than time does.
Result<Wake> sleep_on_clock(i32 clock, u64 deadline) {
  for (;;) {
    u64 now = TRY(read_clock(clock));
    if (now >= deadline) return Wake::timeout;
    Wake w = sleep_on(sleepers, WaitReason::sleep, nanoseconds_since_boot() + (deadline - now));
    if (w == Wake::signal) return TRY(read_clock(clock)) >= deadline ? Wake::timeout : w;
  }
}

SysResult sleep_on_again() {
  const RestartBlock& r = current->restart;
  return sleep_until(static_cast<i32>(r.arguments[0]), r.deadline, r.arguments[1]);
}

/// The relative kind: after a signal, writes what is left to `remaining`.
SysResult sleep_until(i32 clock, u64 deadline, u64 remaining) {
  if (TRY(sleep_on_clock(clock, deadline)) == Wake::timeout) return 0;
  u64 now = TRY(read_clock(clock));
  if (remaining) TRY(write_user(UserPtr<Timespec>{remaining}, to_timespec(deadline > now ? deadline - now : 0)));
  current->restart = {sleep_on_again, deadline, {static_cast<u64>(clock), remaining}};
  return Errno::RESTART_BLOCK;
}

SysResult set_clock(u64 nanoseconds) {
  if (current->credentials.effective_uid) return Errno::PERM;
  set_real_time(nanoseconds);
  return 0;
}

}  // namespace

extern "C" SysResult sys_clock_gettime(i32 clock, UserPtr<Timespec> to) {
  return write_user(to, to_timespec(TRY(read_clock(clock))));
}
extern "C" SysResult sys_clock_getres(i32 clock, UserPtr<Timespec> to) {
  TRY(read_clock(clock));
  bool coarse = clock == clock_id::realtime_coarse || clock == clock_id::monotonic_coarse;
  if (!to) return 0;
  return write_user(to, Timespec{0, coarse ? static_cast<i64>(second / tick_rate()) : 1});
}
extern "C" SysResult sys_clock_settime(i32 clock, UserPtr<Timespec> from) {
  if (clock != clock_id::realtime) return Errno::INVAL;
  Timespec t = TRY(read_user(from));
  if (!t.valid()) return Errno::INVAL;
  return set_clock(t.total());
}
extern "C" SysResult sys_gettimeofday(UserPtr<Timeval> to, UserPtr<u64> zone) {
  if (to) TRY(write_user(to, to_timeval(TRY(read_clock(clock_id::realtime)))));
  if (zone) TRY(write_user(zone, u64{0}));
  return 0;
}
/// The time zone is nobody's business here.
extern "C" SysResult sys_settimeofday(UserPtr<Timeval> from, u64) {
  if (!from) return 0;
  return set_clock(TRY(to_nanoseconds(TRY(read_user(from)))));
}
extern "C" SysResult sys_time(UserPtr<i64> to) {
  i64 now = static_cast<i64>(TRY(read_clock(clock_id::realtime)) / second);
  if (to) TRY(write_user(to, now));
  return now;
}
extern "C" SysResult sys_times(u64 to) {
  constexpr u64 tick = second / clock_ticks_per_second;
  const ThreadGroup& g = *current->group;
  u64 user = user_time(g), children = g.children.user_ns;
  u64 t[4] = {user / tick, (processor_time(g) - user) / tick, children / tick, (g.children.ns - children) / tick};
  if (to) TRY(copy_out(to, t, sizeof t));
  return nanoseconds_since_boot() / tick;
}

extern "C" SysResult sys_nanosleep(UserPtr<Timespec> request, u64 remaining) {
  Timespec t = TRY(read_user(request));
  if (!t.valid()) return Errno::INVAL;
  return sleep_until(clock_id::monotonic, nanoseconds_since_boot() + t.total(), remaining);
}

SysResult sleep_on_clock_for(i32 clock, u32 flags, Timespec t, u64 remaining) {
  u64 now = TRY(read_clock(clock));
  bool no_alarm = clock == clock_id::thread_cpu || clock == clock_id::monotonic_raw ||
                  clock == clock_id::realtime_coarse || clock == clock_id::monotonic_coarse;
  if (no_alarm) return Errno::OPNOTSUPP;
  if (!t.valid()) return Errno::INVAL;
  if (!(flags & absolute)) return sleep_until(clock, now + t.total(), remaining);
  return TRY(sleep_on_clock(clock, t.total())) == Wake::timeout ? SysResult(0) : Errno::RESTARTNOHAND;
}

extern "C" SysResult sys_clock_nanosleep(i32 clock, u32 flags, UserPtr<Timespec> request, u64 remaining) {
  TRY(read_clock(clock));
  return sleep_on_clock_for(clock, flags, TRY(read_user(request)), remaining);
}

extern "C" SysResult sys_restart_syscall() {
  auto again = current->restart.again;
  current->restart.again = nullptr;
  return again ? again() : Errno::INTR;
}

}  // namespace lucid::kernel
