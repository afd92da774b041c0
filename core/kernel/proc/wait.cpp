// SPDX-License-Identifier: MIT
// wait4 and waitid: news of children. A zombie goes away when its status has been told.
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/rusage.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

namespace option {
constexpr u32 no_hang = 1, stopped = 2, exited = 4, continued = 8, no_wait = 0x01000000, no_thread = 0x20000000,
              all = 0x40000000, clone = 0x80000000;
}
enum class IdType : u32 { all = 0, pid = 1, process_group = 2 };

struct Wanted {
  IdType type;
  u32 id;
  u32 options;

  bool matches(const Task& child) const {
    if (child.parent != current->group->leader || !child.is_leader()) return false;
    if (type == IdType::pid && child.group->id != id) return false;
    if (type == IdType::process_group && child.pgid != id) return false;
    bool is_clone = child.group->exit_signal != sig::CHLD;
    return (options & option::all) || is_clone == ((options & option::clone) != 0);
  }
};

struct News {
  u32 pid = 0, uid = 0, status = 0;  // status as wait4 gives it
  i32 code = 0;
  Usage usage;
};

u32 stop_status(u32 number) { return number << 8 | 0x7f; }
constexpr u32 continued_status = 0xffff;

void reap(Task& child) {
  trace(Trace::reaped, current->group->id, child.pid);
  add_to_children(*current->group, *child.group);
  free_task(&child);
}

/// News from one child, if any.
bool look_at(Task& child, u32 options, News& news) {
  ThreadGroup& g = *child.group;
  news.pid = g.id;
  news.uid = child.credentials.uid;
  news.usage = whole_usage_of(g);
  bool keep = options & option::no_wait;
  if ((options & option::exited) && child.state == TaskState::zombie && g.live == 0) {
    news.status = g.exit_status;
    u32 number = news.status & 0x7f;
    news.code = number == 0 ? sig::child_exited : news.status & 0x80 ? sig::child_dumped : sig::child_killed;
    if (!keep) reap(child);
    return true;
  }
  if ((options & option::stopped) && g.report_stop) {
    news.status = stop_status(g.stop_signal);
    news.code = sig::child_stopped;
    if (!keep) g.report_stop = false;
    return true;
  }
  if ((options & option::continued) && g.report_continue) {
    news.status = continued_status;
    news.code = sig::child_continued;
    if (!keep) g.report_continue = false;
    return true;
  }
  return false;
}

/// False: there is nothing and WNOHANG was given.
Result<bool> wait_for_child(const Wanted& wanted, News& news) {
  for (;;) {
    bool any = false;
    for (Task* t = task_list; t; t = t->next_task) {
      if (!wanted.matches(*t)) continue;
      any = true;
      if (look_at(*t, wanted.options, news)) return true;
    }
    if (!any) return Errno::CHILD;
    if (wanted.options & option::no_hang) return false;
    if (signal_pending(*current)) return Errno::RESTARTSYS;
    (void)sleep_on(child_queue(), WaitReason::child);  // news count even if their SIGCHLD came first
  }
}

}  // namespace

extern "C" SysResult sys_wait4(i32 pid, UserPtr<u32> status, u32 options, UserPtr<Usage> usage) {
  constexpr u32 known =
      option::no_hang | option::stopped | option::continued | option::no_thread | option::all | option::clone;
  if (options & ~known) return Errno::INVAL;
  Wanted wanted{IdType::pid, static_cast<u32>(pid), options | option::exited};
  if (pid == -1) wanted.type = IdType::all;
  if (pid == 0) wanted = {IdType::process_group, current->pgid, wanted.options};
  if (pid < -1) {
    if (pid == INT32_MIN) return Errno::SRCH;
    wanted = {IdType::process_group, static_cast<u32>(-pid), wanted.options};
  }
  News news;
  if (!TRY(wait_for_child(wanted, news))) return 0;
  if (status) TRY(write_user(status, news.status));
  if (usage) TRY(write_user(usage, news.usage));
  return news.pid;
}

extern "C" SysResult sys_waitid(u32 type, u32 id, UserPtr<void> info_address, u32 options, UserPtr<Usage> usage) {
  constexpr u32 events = option::exited | option::stopped | option::continued;
  constexpr u32 known = events | option::no_hang | option::no_wait | option::no_thread | option::all | option::clone;
  if ((options & ~known) || !(options & events) || type > 2) return Errno::INVAL;
  if (type == 1 && static_cast<i32>(id) <= 0) return Errno::INVAL;
  Wanted wanted{static_cast<IdType>(type), id, options};
  if (type == 2 && id == 0) wanted.id = current->pgid;
  News news;
  bool found = TRY(wait_for_child(wanted, news));
  if (info_address) {
    SignalInfo info;
    if (found) {
      info.number = sig::CHLD;
      info.code = news.code;
      u32 number = news.status & 0x7f;
      u32 status = news.code == sig::child_exited      ? news.status >> 8 & 0xff
                   : news.code == sig::child_stopped   ? news.status >> 8 & 0xff
                   : news.code == sig::child_continued ? sig::CONT
                                                       : number;
      info.child = {news.pid, news.uid, static_cast<i32>(status), 0, 0, 0};
    }
    TRY(copy_out(info_address.address, &info, 32));
  }
  if (usage && found) TRY(write_user(usage, news.usage));
  return 0;
}

}  // namespace lucid::kernel
