// SPDX-License-Identifier: MIT
// prctl: what has no call of its own.
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

enum What : u32 {
  set_death_signal = 1,
  get_death_signal = 2,
  get_dumpable = 3,
  set_dumpable = 4,
  get_keep_capabilities = 7,
  set_keep_capabilities = 8,
  get_timing = 13,
  set_timing = 14,
  set_name = 15,
  get_name = 16,
  get_seccomp = 21,
  read_bounding_set = 23,
  drop_from_bounding_set = 24,
  get_tsc = 25,
  set_timer_slack = 29,
  get_timer_slack = 30,
  set_subreaper = 36,
  get_subreaper = 37,
  set_no_new_privileges = 38,
  get_no_new_privileges = 39,
  get_tid_address = 40,
  set_huge_pages_off = 41,
  get_huge_pages_off = 42,
  set_memory_name = 0x53564d41,
};
constexpr u64 last_capability = 40;

SysResult take_name(u64 address) {
  char name[sizeof current->name] = {};
  u64 length = TRY(user_strlen(address, sizeof name - 1));
  TRY(copy_in(name, address, length));
  memcpy(current->name, name, sizeof name);
  return 0;
}

/// PR_SET_VMA_ANON_NAME: a name for a range, or none. It is checked, and shown nowhere.
SysResult name_memory(u64 what, u64 name) {
  constexpr u64 anonymous_name = 0, longest = 80;
  if (what != anonymous_name) return Errno::INVAL;
  if (name && TRY(user_strlen(name, longest)) >= longest) return Errno::INVAL;
  return 0;
}

}  // namespace

extern "C" SysResult sys_prctl(u32 what, u64 a, u64 b, u64 c, u64 d) {
  constexpr u64 default_slack = 50000;
  ThreadGroup& group = *current->group;
  bool others = b || c || d;
  switch (what) {
    case set_death_signal:
      if (a > sig::count) return Errno::INVAL;
      current->parent_death_signal = static_cast<u32>(a);
      return 0;
    case get_death_signal:
      return write_user(UserPtr<u32>{a}, current->parent_death_signal);
    case get_dumpable:
      return group.dumpable;
    case set_dumpable:
      if (a > 1) return Errno::INVAL;
      group.dumpable = a;
      return 0;
    case get_keep_capabilities:
    case get_timing:
    case get_seccomp:
      return 0;
    case set_keep_capabilities:
      return a > 1 ? SysResult(Errno::INVAL) : 0;
    case set_timing:
      return a ? SysResult(Errno::INVAL) : 0;
    case set_name:
      return take_name(a);
    case get_name:
      return copy_out(a, current->name, sizeof current->name);
    case read_bounding_set:
      return a <= last_capability ? SysResult(1) : Errno::INVAL;
    case drop_from_bounding_set:
      if (current->credentials.effective_uid) return Errno::PERM;
      return a <= last_capability ? SysResult(0) : Errno::INVAL;
    case get_tsc:
      return write_user(UserPtr<u32>{a}, 1u);
    case set_timer_slack:
      current->timer_slack = a ? a : default_slack;
      return 0;
    case get_timer_slack:
      return current->timer_slack;
    case set_subreaper:
      group.subreaper = a;
      return 0;
    case get_subreaper:
      return write_user(UserPtr<u32>{a}, static_cast<u32>(group.subreaper));
    case set_no_new_privileges:
      if (a != 1 || others) return Errno::INVAL;
      current->no_new_privileges = true;
      return 0;
    case get_no_new_privileges:
      return a || others ? SysResult(Errno::INVAL) : current->no_new_privileges;
    case get_tid_address:
      return write_user(UserPtr<u64>{a}, current->clear_child_tid);
    case set_huge_pages_off:
      return b || c || d ? SysResult(Errno::INVAL) : 0;
    case get_huge_pages_off:
      return a || others ? SysResult(Errno::INVAL) : 0;
    case set_memory_name:
      return name_memory(a, d);
    default:
      return Errno::INVAL;
  }
}

}  // namespace lucid::kernel
