// SPDX-License-Identifier: MIT
// Who a process is and what it may: identities, groups, sessions, limits, exit, prctl.
#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/rusage.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

Result<Task*> process_or_self(i32 pid) {
  if (pid < 0) return Errno::SRCH;
  Task* t = pid ? find_process(static_cast<u32>(pid)) : current->group->leader;
  if (!t) return Errno::SRCH;
  return t;
}

}  // namespace

extern "C" SysResult sys_exit(u32 status) { exit_task((status & 0xff) << 8); }
extern "C" SysResult sys_exit_group(u32 status) { exit_group((status & 0xff) << 8); }

extern "C" SysResult sys_getpid() { return current->group->id; }
extern "C" SysResult sys_gettid() { return current->pid; }
extern "C" SysResult sys_getppid() { return current->parent ? current->parent->group->id : 0; }

extern "C" SysResult sys_getpgid(i32 pid) { return TRY(process_or_self(pid))->pgid; }
extern "C" SysResult sys_getpgrp() { return current->pgid; }
extern "C" SysResult sys_getsid(i32 pid) { return TRY(process_or_self(pid))->sid; }

extern "C" SysResult sys_setpgid(i32 pid, i32 pgid) {
  if (pgid < 0) return Errno::INVAL;
  Task* target = TRY(process_or_self(pid));
  Task* self = current->group->leader;
  if (target != self) {
    if (target->parent != self) return Errno::SRCH;
    if (target->sid != self->sid) return Errno::PERM;
    if (target->group->executed) return Errno::ACCES;
  }
  if (target->sid == target->group->id) return Errno::PERM;  // a session leader stays
  u32 wanted = pgid ? static_cast<u32>(pgid) : target->group->id;
  if (wanted != target->group->id) {
    bool exists = false;
    for (Task* t = task_list; t; t = t->next_task) exists |= t->pgid == wanted && t->sid == self->sid;
    if (!exists) return Errno::PERM;
  }
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group == target->group) t->pgid = wanted;
  return 0;
}

extern "C" SysResult sys_setsid() {
  u32 id = current->group->id;
  for (Task* t = task_list; t; t = t->next_task)
    if (t->pgid == id) return Errno::PERM;
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group == current->group) t->sid = t->pgid = id;
  current->group->terminal = nullptr;
  return id;
}

extern "C" SysResult sys_getuid() { return current->credentials.uid; }
extern "C" SysResult sys_geteuid() { return current->credentials.effective_uid; }
extern "C" SysResult sys_getgid() { return current->credentials.gid; }
extern "C" SysResult sys_getegid() { return current->credentials.effective_gid; }

/// -1 keeps a field; without privilege only values that the process already has.
static Status set_three(u32* real, u32* effective, u32* saved, u32 r, u32 e, u32 s) {
  bool root = current->credentials.effective_uid == 0;
  auto owned = [&](u32 id) { return id == ~0u || root || id == *real || id == *effective || id == *saved; };
  if (!owned(r) || !owned(e) || !owned(s)) return Errno::PERM;
  if (r != ~0u) *real = r;
  if (e != ~0u) *effective = e;
  if (s != ~0u) *saved = s;
  return {};
}

extern "C" SysResult sys_setresuid(u32 r, u32 e, u32 s) {
  Credentials& c = current->credentials;
  return set_three(&c.uid, &c.effective_uid, &c.saved_uid, r, e, s);
}
extern "C" SysResult sys_setresgid(u32 r, u32 e, u32 s) {
  Credentials& c = current->credentials;
  return set_three(&c.gid, &c.effective_gid, &c.saved_gid, r, e, s);
}
extern "C" SysResult sys_setuid(u32 uid) {
  bool root = current->credentials.effective_uid == 0;
  return sys_setresuid(root ? uid : ~0u, uid, root ? uid : ~0u);
}
extern "C" SysResult sys_setgid(u32 gid) {
  bool root = current->credentials.effective_uid == 0;
  return sys_setresgid(root ? gid : ~0u, gid, root ? gid : ~0u);
}
extern "C" SysResult sys_setreuid(u32 r, u32 e) {
  return sys_setresuid(r, e, r != ~0u || (e != ~0u && e != current->credentials.uid) ? e : ~0u);
}
extern "C" SysResult sys_setregid(u32 r, u32 e) {
  return sys_setresgid(r, e, r != ~0u || (e != ~0u && e != current->credentials.gid) ? e : ~0u);
}
extern "C" SysResult sys_getresuid(UserPtr<u32> r, UserPtr<u32> e, UserPtr<u32> s) {
  TRY(write_user(r, current->credentials.uid));
  TRY(write_user(e, current->credentials.effective_uid));
  return write_user(s, current->credentials.saved_uid);
}
extern "C" SysResult sys_getresgid(UserPtr<u32> r, UserPtr<u32> e, UserPtr<u32> s) {
  TRY(write_user(r, current->credentials.gid));
  TRY(write_user(e, current->credentials.effective_gid));
  return write_user(s, current->credentials.saved_gid);
}
extern "C" SysResult sys_getgroups() { return 0; }
extern "C" SysResult sys_setgroups() { return current->credentials.effective_uid ? SysResult(Errno::PERM) : 0; }

extern "C" SysResult sys_prlimit64(i32 pid, u32 resource, UserPtr<ResourceLimit> wanted, UserPtr<ResourceLimit> old) {
  if (resource >= limit::count) return Errno::INVAL;
  Task* target = TRY(process_or_self(pid));
  ResourceLimit& slot = target->group->limits[resource];
  ResourceLimit before = slot;
  if (wanted) {
    ResourceLimit l = TRY(read_user(wanted));
    if (l.soft > l.hard) return Errno::INVAL;
    if (l.hard > slot.hard && current->credentials.effective_uid) return Errno::PERM;
    slot = l;
  }
  if (old) TRY(write_user(old, before));
  return 0;
}
extern "C" SysResult sys_getrlimit(u32 resource, UserPtr<ResourceLimit> to) {
  if (resource >= limit::count) return Errno::INVAL;
  return write_user(to, current->group->limits[resource]);
}
extern "C" SysResult sys_setrlimit(u32 resource, UserPtr<ResourceLimit> from) {
  if (!from) return Errno::FAULT;
  return sys_prlimit64(0, resource, from, {0});
}

extern "C" SysResult sys_getrusage(i32 who, UserPtr<Usage> to) {
  enum : i32 { children = -1, self = 0, thread = 1 };
  switch (who) {
    case children:
      return write_user(to, children_usage_of(*current->group));
    case self:
      return write_user(to, usage_of(*current->group));
    case thread:
      return write_user(to, usage_of(*current));
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_arch_prctl(u32 code, u64 value) {
  constexpr u32 set_gs = 0x1001, set_fs = 0x1002, get_fs = 0x1003, get_gs = 0x1004;
  switch (code) {
    case set_fs:
      if (value >= user_end) return Errno::PERM;
      current->fs_base = value;
      write_msr(msr::fs_base, value);
      return 0;
    case set_gs:
      if (value >= user_end) return Errno::PERM;
      current->gs_base = value;
      write_msr(msr::kernel_gs_base, value);
      return 0;
    case get_fs:
      return write_user(UserPtr<u64>{value}, current->fs_base);
    case get_gs:
      return write_user(UserPtr<u64>{value}, current->gs_base);
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_prctl(u32 what, u64 a, u64 b, u64 c, u64 d) {
  constexpr u32 set_death_signal = 1, get_death_signal = 2, get_dumpable = 3, set_dumpable = 4, get_keepcaps = 7,
                set_keepcaps = 8, set_name = 15, get_name = 16, capbset_read = 23, set_subreaper = 36,
                get_subreaper = 37, set_no_new_privs = 38, get_no_new_privs = 39, set_vma = 0x53564d41;
  switch (what) {
    case set_death_signal:
      if (a > sig::count) return Errno::INVAL;
      current->parent_death_signal = static_cast<u32>(a);
      return 0;
    case get_death_signal:
      return write_user(UserPtr<u32>{a}, current->parent_death_signal);
    case get_dumpable:
      return 1;
    case set_dumpable:
      return a > 1 ? SysResult(Errno::INVAL) : 0;
    case get_keepcaps:
      return 0;
    case set_keepcaps:
      return 0;
    case set_name: {
      char name[16] = {};
      u64 length = TRY(user_strlen(a, sizeof name - 1));
      TRY(copy_in(name, a, length));
      memcpy(current->name, name, sizeof name);
      return 0;
    }
    case get_name:
      return copy_out(a, current->name, sizeof current->name);
    case capbset_read:
      return a <= 40 ? SysResult(1) : Errno::INVAL;
    case set_subreaper:
      current->group->subreaper = a;
      return 0;
    case get_subreaper:
      return write_user(UserPtr<u32>{a}, static_cast<u32>(current->group->subreaper));
    case set_no_new_privs:
      return a == 1 && !b && !c && !d ? SysResult(0) : Errno::INVAL;
    case get_no_new_privs:
      return 0;
    case set_vma:
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_set_tid_address(u64 address) {
  current->clear_child_tid = address;
  return current->pid;
}
extern "C" SysResult sys_sched_yield() {
  schedule(SwitchReason::yielded);
  return 0;
}
extern "C" SysResult sys_sched_getaffinity(i32 pid, u64 size, u64 mask) {
  if (pid && !find_task(static_cast<u32>(pid))) return Errno::SRCH;
  if (size < sizeof(u64) || size % sizeof(u64)) return Errno::INVAL;
  u64 one = 1;
  TRY(copy_out(mask, &one, sizeof one));
  return sizeof one;
}
extern "C" SysResult sys_sched_setaffinity(i32 pid, u64 size, u64 mask) {
  u64 wanted = 0;
  TRY(copy_in(&wanted, mask, min<u64>(size, sizeof wanted)));
  return wanted & 1 ? SysResult(0) : Errno::INVAL;
}
extern "C" SysResult sys_sched_getscheduler() { return 0; }
extern "C" SysResult sys_sched_setscheduler(i32, u32 policy) {
  return policy == 0 || policy == 3 || policy == 5 ? SysResult(0) : Errno::PERM;
}
extern "C" SysResult sys_sched_getparam(i32, UserPtr<u32> to) { return write_user(to, 0u); }
extern "C" SysResult sys_sched_setparam() { return 0; }
extern "C" SysResult sys_sched_get_priority_max(u32 policy) { return policy == 1 || policy == 2 ? 99 : 0; }
extern "C" SysResult sys_sched_get_priority_min(u32 policy) { return policy == 1 || policy == 2 ? 1 : 0; }

/// The system call gives 20 - nice, so that the result is never negative.
extern "C" SysResult sys_getpriority(u32 which, i32 who) {
  if (which > 2) return Errno::INVAL;
  if (which != 0) return 20 - current->nice;
  Task* t = who ? find_process(static_cast<u32>(who)) : current;
  return t ? SysResult(20 - t->nice) : Errno::SRCH;
}
extern "C" SysResult sys_setpriority(u32 which, i32 who, i32 nice) {
  if (which > 2) return Errno::INVAL;
  Task* t = which == 0 && who ? find_process(static_cast<u32>(who)) : current;
  if (!t) return Errno::SRCH;
  nice = max(-20, min(19, nice));
  if (nice < t->nice && current->credentials.effective_uid) return Errno::ACCES;
  t->nice = nice;
  return 0;
}

extern "C" SysResult sys_capget(u64 header, u64 data) {
  u32 version = TRY(read_user(UserPtr<u32>{header}));
  constexpr u32 version3 = 0x20080522;
  if (version != version3) {
    TRY(write_user(UserPtr<u32>{header}, version3));
    return Errno::INVAL;
  }
  if (!data) return 0;
  u32 all = current->credentials.effective_uid ? 0 : ~0u, high = all & 0x1ff;
  u32 sets[6] = {all, all, 0, high, high, 0};
  return copy_out(data, sets, sizeof sets);
}
extern "C" SysResult sys_capset() { return current->credentials.effective_uid ? SysResult(Errno::PERM) : 0; }
extern "C" SysResult sys_personality(u32 wanted) {
  return wanted == 0 || wanted == 0xffffffff ? SysResult(0) : Errno::INVAL;
}

}  // namespace lucid::kernel
