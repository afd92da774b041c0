// SPDX-License-Identifier: MIT
// Who a process is: user and group numbers, supplementary groups, capabilities (credentials(7)).
// Effective user 0 has all rights; there are no finer ones.
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr u32 keep = ~0u;  // -1: this field stays

bool privileged() { return current->credentials.effective_uid == 0; }

/// The three numbers of one kind, user or group, and the one that counts for files.
struct Identity {
  u32 &real, &effective, &saved, &file;
  bool has(u32 id) const { return id == real || id == effective || id == saved; }
  void set(u32 r, u32 e, u32 s) {
    if (r != keep) real = r;
    if (e != keep) effective = e;
    if (s != keep) saved = s;
    file = effective;
  }
};
Identity user() {
  Credentials& c = current->credentials;
  return {c.uid, c.effective_uid, c.saved_uid, c.file_uid};
}
Identity group() {
  Credentials& c = current->credentials;
  return {c.gid, c.effective_gid, c.saved_gid, c.file_gid};
}

SysResult set_three(Identity who, u32 r, u32 e, u32 s) {
  auto allowed = [&](u32 id) { return id == keep || privileged() || who.has(id); };
  if (!allowed(r) || !allowed(e) || !allowed(s)) return Errno::PERM;
  who.set(r, e, s);
  return 0;
}

SysResult set_one(Identity who, u32 id) {
  if (id == keep) return Errno::INVAL;
  if (privileged()) {
    who.set(id, id, id);
    return 0;
  }
  if (id != who.real && id != who.saved) return Errno::PERM;
  who.set(keep, id, keep);
  return 0;
}

/// The saved number follows when the real one is set, or the effective one to something else than it.
SysResult set_two(Identity who, u32 r, u32 e) {
  if (r != keep && !privileged() && r != who.real && r != who.effective) return Errno::PERM;
  if (e != keep && !privileged() && !who.has(e)) return Errno::PERM;
  bool saves = r != keep || (e != keep && e != who.real);
  who.set(r, e, keep);
  if (saves) who.saved = who.effective;
  return 0;
}

SysResult get_three(Identity who, UserPtr<u32> r, UserPtr<u32> e, UserPtr<u32> s) {
  TRY(write_user(r, who.real));
  TRY(write_user(e, who.effective));
  return write_user(s, who.saved);
}

/// Never fails: tells the number before, changed or not.
SysResult set_file(Identity who, u32 id) {
  u32 before = who.file;
  if (id != keep && (privileged() || who.has(id) || id == who.file)) who.file = id;
  return before;
}

}  // namespace

extern "C" SysResult sys_getuid() { return user().real; }
extern "C" SysResult sys_geteuid() { return user().effective; }
extern "C" SysResult sys_getgid() { return group().real; }
extern "C" SysResult sys_getegid() { return group().effective; }
extern "C" SysResult sys_setuid(u32 id) { return set_one(user(), id); }
extern "C" SysResult sys_setgid(u32 id) { return set_one(group(), id); }
extern "C" SysResult sys_setreuid(u32 r, u32 e) { return set_two(user(), r, e); }
extern "C" SysResult sys_setregid(u32 r, u32 e) { return set_two(group(), r, e); }
extern "C" SysResult sys_setresuid(u32 r, u32 e, u32 s) { return set_three(user(), r, e, s); }
extern "C" SysResult sys_setresgid(u32 r, u32 e, u32 s) { return set_three(group(), r, e, s); }
extern "C" SysResult sys_getresuid(UserPtr<u32> r, UserPtr<u32> e, UserPtr<u32> s) {
  return get_three(user(), r, e, s);
}
extern "C" SysResult sys_getresgid(UserPtr<u32> r, UserPtr<u32> e, UserPtr<u32> s) {
  return get_three(group(), r, e, s);
}
extern "C" SysResult sys_setfsuid(u32 id) { return set_file(user(), id); }
extern "C" SysResult sys_setfsgid(u32 id) { return set_file(group(), id); }

extern "C" SysResult sys_getgroups(i32 size, u64 to) {
  if (size < 0) return Errno::INVAL;
  const GroupList* mine = current->credentials.groups.get();
  u32 count = mine ? mine->count : 0;
  if (!size) return count;
  if (static_cast<u32>(size) < count) return Errno::INVAL;
  if (count) TRY(copy_out(to, mine->begin(), count * sizeof(u32)));
  return count;
}

extern "C" SysResult sys_setgroups(u32 count, u64 from) {
  constexpr u32 most = 65536;
  if (!privileged()) return Errno::PERM;
  if (count > most) return Errno::INVAL;
  Ref<GroupList> list;
  if (count) {
    list = new GroupList(count);
    if (!list || !list->ids) return Errno::NOMEM;
    TRY(copy_in(list->begin(), from, count * sizeof(u32)));
    for (u32* a = list->begin(); a < list->end(); a++)  // insertion sort: lists are short
      for (u32* b = a; b > list->begin() && b[-1] > *b; b--) {
        u32 id = *b;
        *b = b[-1], b[-1] = id;
      }
  }
  current->credentials.groups = list;
  return 0;
}

extern "C" SysResult sys_capget(u64 header, u64 data) {
  constexpr u32 version1 = 0x19980330, version2 = 0x20071026, version3 = 0x20080522;
  struct {
    u32 version;
    i32 pid;
  } h{};
  TRY(copy_in(&h, header, sizeof h));
  if (h.version != version1 && h.version != version2 && h.version != version3) {
    TRY(write_user(UserPtr<u32>{header}, version3));
    return data ? SysResult(Errno::INVAL) : 0;
  }
  if (h.pid < 0) return Errno::INVAL;
  const Task* t = h.pid ? find_task(static_cast<u32>(h.pid)) : current;
  if (!t) return Errno::SRCH;
  if (!data) return 0;
  constexpr u32 last_capability = 40;
  u32 low = t->credentials.effective_uid ? 0 : ~0u, high = low & ((1u << (last_capability - 31)) - 1);
  u32 sets[] = {low, low, 0, high, high, 0};
  return copy_out(data, sets, h.version == version1 ? sizeof sets / 2 : sizeof sets);
}
extern "C" SysResult sys_capset() { return privileged() ? SysResult(0) : Errno::PERM; }

}  // namespace lucid::kernel
