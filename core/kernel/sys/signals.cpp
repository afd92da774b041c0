// SPDX-License-Identifier: MIT
// The system calls about signals; what they mean is in proc/signal*.cpp.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr u64 mask_size = sizeof(u64);

bool valid(i32 number) { return number >= 1 && number <= static_cast<i32>(sig::count); }

Status may_signal(const Task& target, u32 number) {
  const Credentials &me = current->credentials, &them = target.credentials;
  bool same = me.effective_uid == them.uid || me.effective_uid == them.saved_uid || me.uid == them.uid ||
              me.uid == them.saved_uid;
  bool continues = number == sig::CONT && target.sid == current->sid;
  return me.effective_uid == 0 || same || continues ? Status{} : Status(Errno::PERM);
}

SysResult kill_many(u32 number, u32 pgid, bool everybody) {
  bool found = false, sent = false;
  for (Task* t = task_list; t; t = t->next_task) {
    if (!t->is_leader() || (everybody ? t->pid == 1 || t == current->group->leader : t->pgid != pgid)) continue;
    found = true;
    if (!may_signal(*t, number).ok()) continue;
    sent = true;
    if (number) send_signal(*t->group, user_signal(number, sig::from_user));
  }
  return !found ? SysResult(Errno::SRCH) : sent ? SysResult(0) : SysResult(Errno::PERM);
}

SysResult kill_thread(i32 group, i32 thread, i32 number) {
  if (thread <= 0 || number < 0 || number > static_cast<i32>(sig::count)) return Errno::INVAL;
  Task* t = find_task(static_cast<u32>(thread));
  if (!t || (group > 0 && t->group->id != static_cast<u32>(group))) return Errno::SRCH;
  TRY(may_signal(*t, static_cast<u32>(number)));
  if (number) send_signal_to_thread(*t, user_signal(static_cast<u32>(number), sig::from_tkill));
  return 0;
}

WaitQueue signal_waiters;  // nobody wakes it: only signals do

}  // namespace

extern "C" SysResult sys_rt_sigaction(i32 number, UserPtr<SignalAction> wanted, UserPtr<SignalAction> old, u64 size) {
  if (size != mask_size || !valid(number)) return Errno::INVAL;
  SignalAction& slot = current->group->actions->of[number];
  SignalAction before = slot;
  if (wanted) {
    if (sig::unblockable & sig::bit(static_cast<u32>(number))) return Errno::INVAL;
    SignalAction a = TRY(read_user(wanted));
    a.mask &= ~sig::unblockable;
    a.flags &= sig::known_flags;
    slot = a;
    bool ignores = a.handler == sig::ignore_handler || (a.handler == sig::default_handler &&
                                                        (sig::ignored_by_default & sig::bit(static_cast<u32>(number))));
    if (ignores) {
      u64 bit = sig::bit(static_cast<u32>(number));
      current->group->pending.discard(bit);
      for (Task* t = task_list; t; t = t->next_task)
        if (t->group == current->group) t->pending.discard(bit);
    }
  }
  if (old) TRY(write_user(old, before));
  return 0;
}

extern "C" SysResult sys_rt_sigprocmask(u32 how, UserPtr<u64> wanted, UserPtr<u64> old, u64 size) {
  enum : u32 { block, unblock, set };
  if (size != mask_size) return Errno::INVAL;
  u64 before = current->blocked;
  if (wanted) {
    u64 mask = TRY(read_user(wanted));
    switch (how) {
      case block:
        set_blocked(before | mask);
        break;
      case unblock:
        set_blocked(before & ~mask);
        break;
      case set:
        set_blocked(mask);
        break;
      default:
        return Errno::INVAL;
    }
  }
  if (old) TRY(write_user(old, before));
  return 0;
}

extern "C" SysResult sys_rt_sigpending(UserPtr<u64> to, u64 size) {
  if (size > mask_size) return Errno::INVAL;
  u64 set = (current->pending.set() | current->group->pending.set()) & current->blocked;
  return copy_out(to.address, &set, size);
}

extern "C" SysResult sys_rt_sigsuspend(UserPtr<u64> mask, u64 size) {
  if (size != mask_size) return Errno::INVAL;
  u64 wanted = TRY(read_user(mask));
  current->suspended_mask = current->blocked;
  set_blocked(wanted);
  while (sleep_on(signal_waiters, WaitReason::signal) != Wake::signal) {
  }
  current->restore_mask = true;
  return Errno::RESTARTNOHAND;
}

extern "C" SysResult sys_pause() {
  while (sleep_on(signal_waiters, WaitReason::signal) != Wake::signal) {
  }
  return Errno::RESTARTNOHAND;
}

extern "C" SysResult sys_rt_sigtimedwait(UserPtr<u64> set, u64 info_address, UserPtr<Timespec> timeout, u64 size) {
  if (size != mask_size) return Errno::INVAL;
  u64 wanted = TRY(read_user(set)) & ~sig::unblockable;
  u64 deadline = 0;
  if (timeout) {
    Timespec t = TRY(read_user(timeout));
    if (!t.valid()) return Errno::INVAL;
    deadline = nanoseconds_since_boot() + t.total();
  }
  SignalInfo info;
  // While waiting the signals count as unblocked, so that they wake us; then they are taken here.
  u64 saved = current->blocked;
  for (;;) {
    if (take_signal(wanted, info)) break;
    current->blocked = saved & ~wanted;
    current->awaited = wanted;
    Wake w = sleep_on(signal_waiters, WaitReason::signal, deadline);
    current->blocked = saved;
    current->awaited = 0;
    if (take_signal(wanted, info)) break;
    if (w == Wake::timeout) return Errno::AGAIN;
    if (w == Wake::signal) return Errno::INTR;
  }
  if (info_address) {
    TRY(clear_user(info_address, siginfo_size));
    TRY(copy_out(info_address, &info, sizeof info));
  }
  return info.number;
}

extern "C" SysResult sys_kill(i32 pid, i32 number) {
  if (number < 0 || number > static_cast<i32>(sig::count)) return Errno::INVAL;
  u32 n = static_cast<u32>(number);
  if (pid == -1) return kill_many(n, 0, true);
  if (pid == 0) return kill_many(n, current->pgid, false);
  if (pid < 0) return pid == INT32_MIN ? SysResult(Errno::SRCH) : kill_many(n, static_cast<u32>(-pid), false);
  Task* t = find_task(static_cast<u32>(pid));
  if (!t) return Errno::SRCH;
  TRY(may_signal(*t, n));
  if (n) send_signal(*t->group, user_signal(n, sig::from_user));
  return 0;
}
extern "C" SysResult sys_tkill(i32 thread, i32 number) { return kill_thread(0, thread, number); }
extern "C" SysResult sys_tgkill(i32 group, i32 thread, i32 number) {
  if (group <= 0) return Errno::INVAL;
  return kill_thread(group, thread, number);
}

/// Only the kernel may claim to be the kernel, except towards oneself.
static Result<SignalInfo> queued_signal(u64 from, i32 number, bool to_self) {
  SignalInfo info = TRY(read_user(UserPtr<SignalInfo>{from}));
  if (number < 0 || number > static_cast<i32>(sig::count)) return Errno::INVAL;
  if ((info.code >= 0 || info.code == sig::from_tkill) && !to_self) return Errno::PERM;
  info.number = number;
  return info;
}

extern "C" SysResult sys_rt_sigqueueinfo(i32 pid, i32 number, u64 from) {
  SignalInfo info = TRY(queued_signal(from, number, pid == static_cast<i32>(current->group->id)));
  Task* t = find_task(static_cast<u32>(pid));
  if (!t) return Errno::SRCH;
  TRY(may_signal(*t, static_cast<u32>(number)));
  return !number || send_signal(*t->group, info) ? SysResult(0) : Errno::AGAIN;
}

extern "C" SysResult sys_rt_tgsigqueueinfo(i32 group, i32 thread, i32 number, u64 from) {
  if (group <= 0 || thread <= 0) return Errno::INVAL;
  SignalInfo info = TRY(queued_signal(from, number, thread == static_cast<i32>(current->pid)));
  Task* t = find_task(static_cast<u32>(thread));
  if (!t || t->group->id != static_cast<u32>(group)) return Errno::SRCH;
  TRY(may_signal(*t, static_cast<u32>(number)));
  return !number || send_signal_to_thread(*t, info) ? SysResult(0) : Errno::AGAIN;
}

Status set_signal_stack(const SignalStack& wanted, u64 rsp) {
  constexpr u64 least = 2048;  // MINSIGSTKSZ
  SignalStack& mine = current->alternate;
  if (mine.in_use(rsp)) return Errno::PERM;
  u32 mode = wanted.flags & ~SignalStack::auto_disarm;
  if (mode > SignalStack::disabled) return Errno::INVAL;
  if (mode == SignalStack::disabled) {
    mine = {0, wanted.flags, 0, 0};
    return {};
  }
  if (wanted.size < least) return Errno::NOMEM;
  mine = wanted;
  return {};
}

extern "C" SysResult sys_sigaltstack(u64 wanted, u64 old) {
  SignalStack before = current->alternate;
  u64 rsp = current->frame->rsp;
  u32 state = !before.size ? SignalStack::disabled : before.in_use(rsp) ? SignalStack::on_stack : 0;
  before.flags = state | (before.flags & SignalStack::auto_disarm);
  if (wanted) TRY(set_signal_stack(TRY(read_user(UserPtr<SignalStack>{wanted})), rsp));
  if (old) TRY(write_user(UserPtr<SignalStack>{old}, before));
  return 0;
}

}  // namespace lucid::kernel
