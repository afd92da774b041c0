// SPDX-License-Identifier: MIT
// Timers that send signals: alarm, setitimer, timer_create.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/clocks.h"
#include "core/kernel/proc/rusage.h"

namespace lucid::kernel {
namespace {

constexpr u64 second = 1'000'000'000;
enum Which : u32 { real, virtual_time, profile, which_count };

struct IntervalTimer {
  Timeval interval, value;
};

const Schedule& schedule_of(u32 which) {
  const ProcessTimers& t = current->group->timers;
  return which == real ? t.alarm.schedule() : which == virtual_time ? t.virtual_time : t.profile;
}
u64 now_of(u32 which) {
  const ThreadGroup& g = *current->group;
  return which == real ? nanoseconds_since_boot() : which == virtual_time ? user_time(g) : processor_time(g);
}

IntervalTimer state_of(u32 which) {
  const Schedule& s = schedule_of(which);
  u64 left = s.left(now_of(which));
  return {to_timeval(s.interval), to_timeval(left && left < 1000 ? 1000 : left)};
}

void set_interval_timer(u32 which, u64 value, u64 interval) {
  ThreadGroup& g = *current->group;
  Schedule s{value ? now_of(which) + value : 0, value ? interval : 0};
  if (which == real)
    g.timers.alarm.set(s);
  else
    (which == virtual_time ? g.timers.virtual_time : g.timers.profile) = s;
  update_cpu_watch(g);
}

}  // namespace

extern "C" SysResult sys_alarm(u32 seconds) {
  IntervalTimer old = state_of(real);
  set_interval_timer(real, seconds * second, 0);
  bool up = old.value.microseconds >= 500'000 || (!old.value.seconds && old.value.microseconds);
  return old.value.seconds + up;
}

extern "C" SysResult sys_getitimer(u32 which, UserPtr<IntervalTimer> to) {
  if (which >= which_count) return Errno::INVAL;
  return write_user(to, state_of(which));
}
extern "C" SysResult sys_setitimer(u32 which, UserPtr<IntervalTimer> wanted, UserPtr<IntervalTimer> old) {
  IntervalTimer w{};
  if (wanted) w = TRY(read_user(wanted));
  u64 value = TRY(to_nanoseconds(w.value)), interval = TRY(to_nanoseconds(w.interval));
  if (which >= which_count) return Errno::INVAL;
  IntervalTimer before = state_of(which);
  set_interval_timer(which, value, interval);
  if (old) TRY(write_user(old, before));
  return 0;
}

// ---- POSIX timers ----

namespace {

/// struct sigevent.
struct Event {
  u64 value;
  i32 number, notify, thread;
  u8 rest[64 - 20];
};
static_assert(sizeof(Event) == 64);
namespace notify {
constexpr i32 signal = 0, nothing = 1, thread = 2, thread_id = 4;
}
constexpr u32 absolute = 1;

Result<PosixTimer*> find_timer(i32 id) {
  PosixTimer* t = current->group->timers.find(id);
  if (!t) return Errno::INVAL;
  return t;
}

Status check_event(const Event& e) {
  if (e.notify == notify::nothing) return {};
  if (e.notify != notify::signal && e.notify != notify::thread && e.notify != (notify::signal | notify::thread_id))
    return Errno::INVAL;
  if (e.notify & notify::thread_id) {
    Task* t = find_task(static_cast<u32>(e.thread));
    if (!t || t->group != current->group) return Errno::INVAL;
  }
  return e.number < 1 || e.number > static_cast<i32>(sig::count) ? Status(Errno::INVAL) : Status{};
}

IntervalSpec state_of(const PosixTimer& t) {
  const Schedule& s = t.schedule();
  u64 now = is_cpu_clock(t.clock) ? t.now() : nanoseconds_since_boot();
  return {to_timespec(s.interval), to_timespec(s.left(now))};
}

}  // namespace

extern "C" SysResult sys_timer_create(i32 clock, UserPtr<Event> event, UserPtr<i32> to) {
  TRY(read_clock(clock));
  bool no_timers =
      clock == clock_id::monotonic_raw || clock == clock_id::realtime_coarse || clock == clock_id::monotonic_coarse;
  if (no_timers) return Errno::OPNOTSUPP;
  ProcessTimers& mine = current->group->timers;
  Event e{};
  e.number = sig::ALRM;
  if (event) e = TRY(read_user(event));
  TRY(check_event(e));
  i32 id = 0;
  while (mine.find(id)) id++;
  if (!event) e.value = static_cast<u64>(id);
  auto* t = new (or_null) PosixTimer(*current->group);
  if (!t) return Errno::AGAIN;
  t->id = id, t->clock = clock, t->notify = e.notify, t->number = static_cast<u32>(e.number), t->value = e.value;
  if (e.notify & notify::thread_id)
    t->thread = static_cast<u32>(e.thread);
  else if (clock == clock_id::thread_cpu)
    t->thread = current->pid;
  t->next = mine.posix;
  mine.posix = t;
  Status told = write_user(to, id);
  if (!told.ok()) mine.remove(t);
  return told;
}

extern "C" SysResult sys_timer_settime(i32 id, u32 flags, UserPtr<IntervalSpec> wanted, UserPtr<IntervalSpec> old) {
  if (!wanted) return Errno::INVAL;
  IntervalSpec w = TRY(read_user(wanted));
  if (!w.interval.valid() || !w.value.valid()) return Errno::INVAL;
  PosixTimer& t = *TRY(find_timer(id));
  IntervalSpec before = state_of(t);
  Schedule s;
  if (u64 value = w.value.total()) {
    bool cpu = is_cpu_clock(t.clock);
    u64 base = clock_base(t.clock);
    s.interval = w.interval.total();
    s.deadline = !(flags & absolute) ? (cpu ? t.now() : nanoseconds_since_boot()) + value
                 : value > base      ? value - base
                                     : 1;
  }
  t.overrun = t.last_overrun = 0;
  t.set(s);
  if (old) TRY(write_user(old, before));
  return 0;
}

extern "C" SysResult sys_timer_gettime(i32 id, UserPtr<IntervalSpec> to) {
  return write_user(to, state_of(*TRY(find_timer(id))));
}
extern "C" SysResult sys_timer_getoverrun(i32 id) { return TRY(find_timer(id))->last_overrun; }
extern "C" SysResult sys_timer_delete(i32 id) {
  current->group->timers.remove(TRY(find_timer(id)));
  update_cpu_watch(*current->group);
  return 0;
}

}  // namespace lucid::kernel
