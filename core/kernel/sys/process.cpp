// SPDX-License-Identifier: MIT
// What a process is: its number, process group, session, limits, end.
#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/fork.h"
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

/// Limits of others: one's own user's only.
static Status may_limit(const Task& target) {
  const Credentials &me = current->credentials, &them = target.credentials;
  bool same = me.uid == them.uid && me.uid == them.effective_uid && me.uid == them.saved_uid && me.gid == them.gid &&
              me.gid == them.effective_gid && me.gid == them.saved_gid;
  return &target == current || same || me.effective_uid == 0 ? Status{} : Errno::PERM;
}

extern "C" SysResult sys_prlimit64(i32 pid, u32 resource, UserPtr<ResourceLimit> wanted, UserPtr<ResourceLimit> old) {
  if (resource >= limit::count) return Errno::INVAL;
  ResourceLimit l{};
  if (wanted) l = TRY(read_user(wanted));
  Task* target = pid ? find_task(static_cast<u32>(pid)) : current;
  if (!target) return Errno::SRCH;
  TRY(may_limit(*target));
  ResourceLimit& slot = target->group->limits[resource];
  ResourceLimit before = slot;
  if (wanted) {
    constexpr u64 most_files = 1 << 20;
    if (l.soft > l.hard) return Errno::INVAL;
    if (resource == limit::files && l.hard > most_files) return Errno::PERM;
    if (l.hard > slot.hard && current->credentials.effective_uid) return Errno::PERM;
    slot = l;
    if (resource == limit::cpu) update_cpu_watch(*target->group);
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

extern "C" SysResult sys_set_tid_address(u64 address) {
  current->clear_child_tid = address;
  return current->pid;
}
/// Only remembered: no other system's conduct is imitated.
extern "C" SysResult sys_personality(u32 wanted) {
  constexpr u32 ask = ~0u;
  u32 before = current->personality;
  if (wanted != ask) current->personality = wanted;
  return before;
}

/// Shares with nobody any more; there are no name spaces to leave.
extern "C" SysResult sys_unshare(u64 flags) {
  constexpr u64 parts = clone_flag::fs | clone_flag::files | clone_flag::system_v_undo;
  constexpr u64 alone = clone_flag::thread | clone_flag::signal_handlers | clone_flag::vm;
  if (flags & ~(parts | alone)) return Errno::INVAL;
  if ((flags & alone) && current->group->live > 1) return Errno::INVAL;
  if ((flags & clone_flag::fs) && current->fs->references() > 1) current->fs = TRY(current->fs->copy());
  if ((flags & clone_flag::files) && current->files->references() > 1) current->files = TRY(current->files->copy());
  return 0;
}

/// Restartable sequences are refused; C libraries go on without them.
extern "C" SysResult sys_rseq() { return Errno::NOSYS; }

}  // namespace lucid::kernel
