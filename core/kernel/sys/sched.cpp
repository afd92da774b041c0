// SPDX-License-Identifier: MIT
// How a program says what share of the processor it wants: nice levels, which the weighted policies of
// core/kernel/sched heed, and real-time priorities, which go before all of them.
#include "core/kernel/proc/sched.h"

#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

namespace policy = sched_policy;

/// struct sched_attr, first version.
struct Attributes {
  u32 size, policy;
  u64 flags;
  i32 nice;
  u32 priority;
  u64 runtime, deadline, period;
};
static_assert(sizeof(Attributes) == 48);

Result<Task*> task_or_self(i32 pid) {
  if (pid < 0) return Errno::INVAL;
  Task* t = pid ? find_task(static_cast<u32>(pid)) : current;
  if (!t) return Errno::SRCH;
  return t;
}

Status may_schedule(const Task& target) {
  const Credentials &me = current->credentials, &them = target.credentials;
  bool yes = me.effective_uid == 0 || me.effective_uid == them.effective_uid || me.effective_uid == them.uid;
  return yes ? Status{} : Status(Errno::PERM);
}

SysResult set_policy(i32 pid, u32 wanted, u32 priority) {
  Task& t = *TRY(task_or_self(pid));
  u32 p = wanted & ~policy::reset_on_fork;
  if (!policy::known(p)) return Errno::INVAL;
  if (policy::real_time(p) ? priority < 1 || priority > 99 : priority != 0) return Errno::INVAL;
  TRY(may_schedule(t));
  if (policy::real_time(p) && current->credentials.effective_uid) return Errno::PERM;
  change_share(t, t.nice, p, priority);
  t.policy_ends_at_fork = wanted & policy::reset_on_fork;
  return 0;
}

SysResult set_nice(Task& t, i32 nice) {
  nice = max(least_nice, min(most_nice, nice));
  const Credentials &me = current->credentials, &them = t.credentials;
  if (me.effective_uid && me.effective_uid != them.uid && me.effective_uid != them.effective_uid) return Errno::PERM;
  if (nice < t.nice && me.effective_uid) return Errno::ACCES;
  change_share(t, nice, t.policy, t.priority);
  return 0;
}

/// getpriority(2)'s ways to name tasks; f(task) for each of them. False: there are none.
template <typename F>
bool for_each_named(u32 which, u32 who, F f) {
  enum : u32 { process, process_group, user };
  bool any = false;
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->state == TaskState::dead) continue;
    bool match = which == process         ? t->pid == (who ? who : current->pid)
                 : which == process_group ? t->pgid == (who ? who : current->pgid)
                                          : t->credentials.uid == (who ? who : current->credentials.uid);
    if (match) any = true, f(*t);
  }
  return any;
}

}  // namespace

extern "C" SysResult sys_sched_yield() {
  schedule(SwitchReason::yielded);
  return 0;
}

extern "C" SysResult sys_sched_getaffinity(i32 pid, u64 size, u64 mask) {
  if (size < sizeof(u64) || size % sizeof(u64)) return Errno::INVAL;
  TRY(task_or_self(pid));
  u64 one = 1;
  TRY(copy_out(mask, &one, sizeof one));
  return sizeof one;
}
extern "C" SysResult sys_sched_setaffinity(i32 pid, u64 size, u64 mask) {
  u64 wanted = 0;
  TRY(copy_in(&wanted, mask, min<u64>(size, sizeof wanted)));
  TRY(may_schedule(*TRY(task_or_self(pid))));
  return wanted & 1 ? SysResult(0) : Errno::INVAL;
}

extern "C" SysResult sys_sched_getscheduler(i32 pid) {
  const Task& t = *TRY(task_or_self(pid));
  return t.policy | (t.policy_ends_at_fork ? policy::reset_on_fork : 0);
}
extern "C" SysResult sys_sched_setscheduler(i32 pid, i32 wanted, UserPtr<u32> priority) {
  if (wanted < 0 || !priority || pid < 0) return Errno::INVAL;
  return set_policy(pid, static_cast<u32>(wanted), TRY(read_user(priority)));
}
extern "C" SysResult sys_sched_getparam(i32 pid, UserPtr<u32> to) {
  if (!to) return Errno::INVAL;
  return write_user(to, TRY(task_or_self(pid))->priority);
}
extern "C" SysResult sys_sched_setparam(i32 pid, UserPtr<u32> from) {
  if (!from) return Errno::INVAL;
  const Task& t = *TRY(task_or_self(pid));
  return set_policy(pid, t.policy, TRY(read_user(from)));
}

extern "C" SysResult sys_sched_getattr(i32 pid, u64 to, u32 size, u32 flags) {
  if (!to || flags || size < sizeof(Attributes) || size > page_size) return Errno::INVAL;
  const Task& t = *TRY(task_or_self(pid));
  Attributes a{};
  a.size = sizeof a, a.policy = t.policy, a.priority = t.priority;
  a.flags = t.policy_ends_at_fork;
  if (!policy::real_time(t.policy)) a.nice = t.nice;
  TRY(clear_user(to, size));
  return copy_out(to, &a, sizeof a);
}
extern "C" SysResult sys_sched_setattr(i32 pid, u64 from, u32 flags) {
  if (!from || flags || pid < 0) return Errno::INVAL;
  Attributes a = TRY(read_user(UserPtr<Attributes>{from}));
  if (a.size && a.size < sizeof a) {
    TRY(write_user(UserPtr<u32>{from}, static_cast<u32>(sizeof a)));
    return Errno::TOOBIG;
  }
  if (a.policy == policy::deadline) return Errno::INVAL;
  SysResult r = set_policy(pid, a.policy | (a.flags & 1 ? policy::reset_on_fork : 0), a.priority);
  if (r.raw() || policy::real_time(a.policy)) return r;
  return set_nice(*TRY(task_or_self(pid)), a.nice);
}

extern "C" SysResult sys_sched_get_priority_max(u32 p) {
  if (p == policy::deadline) return 0;
  return policy::known(p) ? SysResult(policy::real_time(p) ? 99 : 0) : Errno::INVAL;
}
extern "C" SysResult sys_sched_get_priority_min(u32 p) {
  if (p == policy::deadline) return 0;
  return policy::known(p) ? SysResult(policy::real_time(p) ? 1 : 0) : Errno::INVAL;
}
extern "C" SysResult sys_sched_rr_get_interval(i32 pid, UserPtr<Timespec> to) {
  const Task& t = *TRY(task_or_self(pid));
  return write_user(to, to_timespec(slice_of(t)));
}

/// The system call gives 20 - nice, so that the result is never negative; of several the best.
extern "C" SysResult sys_getpriority(u32 which, u32 who) {
  if (which > 2) return Errno::INVAL;
  i32 best = most_nice;
  if (!for_each_named(which, who, [&](Task& t) { best = min(best, t.nice); })) return Errno::SRCH;
  return 20 - best;
}
extern "C" SysResult sys_setpriority(u32 which, u32 who, i32 nice) {
  if (which > 2) return Errno::INVAL;
  SysResult result = 0;
  bool any = for_each_named(which, who, [&](Task& t) {
    SysResult r = set_nice(t, nice);
    if (r.raw()) result = r;
  });
  return any ? result : SysResult(Errno::SRCH);
}

extern "C" SysResult sys_getcpu(UserPtr<u32> cpu, UserPtr<u32> node) {
  if (cpu) TRY(write_user(cpu, 0u));
  if (node) TRY(write_user(node, 0u));
  return 0;
}

}  // namespace lucid::kernel
