// SPDX-License-Identifier: MIT
// What is known about a file: stat, statx, access, chmod, chown, times, getdents, statfs.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/at.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

struct Stat {
  u64 device, inode, links;
  u32 mode, uid, gid, pad;
  u64 special_device;
  i64 size, block_size, blocks;
  Timespec accessed, modified, changed;
  i64 unused[3];
};
static_assert(sizeof(Stat) == 144);

struct StatxTime {
  i64 seconds;
  u32 nanoseconds;
  i32 pad;
};
struct Statx {
  u32 mask, block_size;
  u64 attributes;
  u32 links, uid, gid;
  u16 mode, pad;
  u64 inode, size, blocks, attributes_mask;
  StatxTime accessed, born, changed, modified;
  u32 rdev_major, rdev_minor, dev_major, dev_minor;
  u64 spare[14];
};
static_assert(sizeof(Statx) == 256);

struct Statfs {
  i64 type, block_size;
  u64 blocks, free, available, files, files_free;
  i32 id[2];
  i64 name_length, fragment_size, flags, spare[4];
};
static_assert(sizeof(Statfs) == 120);

/// st_dev of what lies on no mounted file system.
u64 device_of(const Inode& inode) {
  constexpr u64 sockets = 8, pipes = 12, nameless = 13;
  if (inode.filesystem) return inode.filesystem->device;
  return inode.is(mode::socket) ? sockets : inode.is(mode::fifo) ? pipes : nameless;
}

Stat stat_of(const Inode& inode) {
  u64 size = inode.is(mode::block) ? 0 : inode.size();
  Stat s{};
  s.device = device_of(inode);
  s.inode = inode.number, s.links = inode.links;
  s.mode = inode.mode, s.uid = inode.uid, s.gid = inode.gid;
  s.special_device = inode.device;
  s.size = static_cast<i64>(size), s.block_size = page_size, s.blocks = static_cast<i64>(inode.stored_bytes() / 512);
  s.accessed = to_timespec(static_cast<u64>(inode.accessed));
  s.modified = to_timespec(static_cast<u64>(inode.modified));
  s.changed = to_timespec(static_cast<u64>(inode.changed));
  return s;
}

Result<Ref<Inode>> find(i32 directory, u64 path_address, u32 flags) {
  return TRY(find_at(directory, path_address, flags)).inode;
}

SysResult write_stat(Result<Ref<Inode>> inode, UserPtr<Stat> to) {
  if (!inode.ok()) return inode.error();
  return write_user(to, stat_of(*inode.value()));
}

/// Only the owner of a file, or root, changes what is known about it; nobody on a read-only file system.
Status check_owner(const Inode& inode) {
  u32 uid = current->credentials.effective_uid;
  if (inode.filesystem && inode.filesystem->read_only) return Errno::ROFS;
  return uid && uid != inode.uid ? Status(Errno::PERM) : Status{};
}

SysResult change_mode(Result<Ref<Inode>> found, u32 permissions) {
  if (!found.ok()) return found.error();
  Inode& inode = *found.value();
  if (inode.is(mode::link)) return Errno::OPNOTSUPP;
  TRY(check_owner(inode));
  const Credentials& who = current->credentials;
  if (who.effective_uid && !in_group(inode.gid)) permissions &= ~mode::set_gid;
  inode.mode = (inode.mode & mode::type) | (permissions & mode::permissions);
  inode.changed = now_for_files();
  return 0;
}

/// root may give files away; an owner may hand them to another group of his (chown(2)).
SysResult change_owner(Result<Ref<Inode>> found, u32 uid, u32 gid) {
  constexpr u32 keep = ~0u;
  if (!found.ok()) return found.error();
  Inode& inode = *found.value();
  if (inode.filesystem && inode.filesystem->read_only) return Errno::ROFS;
  u32 who = current->credentials.effective_uid;
  if (who && uid != keep && (who != inode.uid || uid != inode.uid)) return Errno::PERM;
  if (who && gid != keep && (who != inode.uid || (gid != inode.gid && !in_group(gid)))) return Errno::PERM;
  if (uid != keep) inode.uid = uid;
  if (gid != keep) inode.gid = gid;
  if (inode.is(mode::regular)) {  // what ran with the old owner's rights must not any more
    inode.mode &= ~mode::set_uid;
    if (inode.mode & mode::group_execute) inode.mode &= ~mode::set_gid;
  }
  inode.changed = now_for_files();
  return 0;
}

SysResult check_access_to(i32 directory, u64 path, u32 wanted, u32 flags) {
  if (wanted & ~7u) return Errno::INVAL;
  Ref<Inode> inode = TRY(find(directory, path, flags));
  if (!wanted) return 0;
  Credentials saved = current->credentials;
  if (!(flags & at_flag::effective))
    current->credentials.file_uid = saved.uid, current->credentials.file_gid = saved.gid;
  Status s = check_access(*inode, wanted);
  current->credentials = saved;
  return s;
}

/// Linux's UTIME_NOW and UTIME_OMIT.
constexpr i64 time_now = (1 << 30) - 1, time_omit = (1 << 30) - 2;

SysResult set_times(Result<Ref<Inode>> found, const Timespec times[2]) {
  if (!found.ok()) return found.error();
  Inode& inode = *found.value();
  bool omit_all = times[0].nanoseconds == time_omit && times[1].nanoseconds == time_omit;
  if (omit_all) return 0;
  bool both_now = times[0].nanoseconds == time_now && times[1].nanoseconds == time_now;
  u32 uid = current->credentials.effective_uid;
  if (both_now) {
    if (uid != inode.uid) TRY(check_access(inode, may_write));
  } else {
    TRY(check_owner(inode));
  }
  i64 now = now_for_files();
  i64* fields[2] = {&inode.accessed, &inode.modified};
  for (u32 i = 0; i < 2; i++) {
    i64 ns = times[i].nanoseconds;
    if (ns == time_omit) continue;
    if (ns != time_now && (ns < 0 || ns >= 1'000'000'000)) return Errno::INVAL;
    *fields[i] = ns == time_now ? now : times[i].seconds * 1'000'000'000 + ns;
  }
  inode.changed = now;
  return 0;
}

Status read_times(u64 address, i64 scale, Timespec times[2]) {
  times[0] = times[1] = {0, time_now};
  if (!address) return {};
  TRY(copy_in(times, address, 2 * sizeof(Timespec)));
  for (u32 i = 0; i < 2 && scale != 1; i++) {
    if (times[i].nanoseconds < 0 || times[i].nanoseconds >= 1'000'000) return Errno::INVAL;
    times[i].nanoseconds *= scale;
  }
  return {};
}

u8 entry_type(u32 file_mode) { return static_cast<u8>((file_mode & mode::type) >> 12); }

}  // namespace

extern "C" SysResult sys_stat(u64 path, UserPtr<Stat> to) {
  return write_stat(find(at_current_directory, path, 0), to);
}
extern "C" SysResult sys_lstat(u64 path, UserPtr<Stat> to) {
  return write_stat(find(at_current_directory, path, at_flag::no_follow), to);
}
extern "C" SysResult sys_fstat(i32 fd, UserPtr<Stat> to) {
  Ref<File> file = TRY(current->files->get_any(fd));
  return write_stat(file->inode, to);
}
extern "C" SysResult sys_newfstatat(i32 directory, u64 path, UserPtr<Stat> to, u32 flags) {
  if (flags & ~(at_flag::no_follow | at_flag::empty_path | at_flag::no_automount)) return Errno::INVAL;
  return write_stat(find(directory, path, flags), to);
}

extern "C" SysResult sys_statx(i32 directory, u64 path, u32 flags, u32 mask, UserPtr<Statx> to) {
  constexpr u32 known = at_flag::no_follow | at_flag::empty_path | at_flag::no_automount | at_flag::sync_type,
                basic = 0x7ff;
  if ((flags & ~known) || (mask & 0x80000000)) return Errno::INVAL;
  Ref<Inode> inode = TRY(find(directory, path, flags));
  Stat s = stat_of(*inode);
  Statx x{};
  x.mask = basic, x.block_size = page_size;
  x.links = static_cast<u32>(s.links), x.uid = s.uid, x.gid = s.gid, x.mode = static_cast<u16>(s.mode);
  x.inode = s.inode, x.size = static_cast<u64>(s.size), x.blocks = static_cast<u64>(s.blocks);
  x.accessed = {s.accessed.seconds, static_cast<u32>(s.accessed.nanoseconds), 0};
  x.modified = {s.modified.seconds, static_cast<u32>(s.modified.nanoseconds), 0};
  x.changed = {s.changed.seconds, static_cast<u32>(s.changed.nanoseconds), 0};
  x.rdev_major = static_cast<u32>(inode->device >> 8), x.rdev_minor = static_cast<u32>(inode->device & 0xff);
  x.dev_minor = static_cast<u32>(s.device);
  return write_user(to, x);
}

extern "C" SysResult sys_access(u64 path, u32 wanted) { return check_access_to(at_current_directory, path, wanted, 0); }
extern "C" SysResult sys_faccessat(i32 directory, u64 path, u32 wanted) {
  return check_access_to(directory, path, wanted, 0);
}
extern "C" SysResult sys_faccessat2(i32 directory, u64 path, u32 wanted, u32 flags) {
  if (flags & ~(at_flag::no_follow | at_flag::effective | at_flag::empty_path)) return Errno::INVAL;
  return check_access_to(directory, path, wanted, flags);
}

extern "C" SysResult sys_chmod(u64 path, u32 permissions) {
  return change_mode(find(at_current_directory, path, 0), permissions);
}
extern "C" SysResult sys_fchmodat(i32 directory, u64 path, u32 permissions) {
  return change_mode(find(directory, path, 0), permissions);
}
extern "C" SysResult sys_fchmod(i32 fd, u32 permissions) {
  Ref<File> file = TRY(current->files->get(fd));
  return change_mode(file->inode, permissions);
}
extern "C" SysResult sys_chown(u64 path, u32 uid, u32 gid) {
  return change_owner(find(at_current_directory, path, 0), uid, gid);
}
extern "C" SysResult sys_lchown(u64 path, u32 uid, u32 gid) {
  return change_owner(find(at_current_directory, path, at_flag::no_follow), uid, gid);
}
extern "C" SysResult sys_fchown(i32 fd, u32 uid, u32 gid) {
  Ref<File> file = TRY(current->files->get(fd));
  return change_owner(file->inode, uid, gid);
}
extern "C" SysResult sys_fchownat(i32 directory, u64 path, u32 uid, u32 gid, u32 flags) {
  return change_owner(find(directory, path, flags), uid, gid);
}

extern "C" SysResult sys_utimensat(i32 directory, u64 path, u64 times, u32 flags) {
  if (flags & ~(at_flag::no_follow | at_flag::empty_path)) return Errno::INVAL;
  Timespec t[2];
  TRY(read_times(times, 1, t));
  for (const Timespec& each : t)
    if (each.nanoseconds != time_now && each.nanoseconds != time_omit &&
        (each.nanoseconds < 0 || each.nanoseconds >= 1'000'000'000))
      return Errno::INVAL;
  if (t[0].nanoseconds == time_omit && t[1].nanoseconds == time_omit) return 0;
  if (!path && directory != at_current_directory) {
    if (flags) return Errno::INVAL;
    Ref<File> file = TRY(current->files->get(directory));
    return set_times(file->inode, t);
  }
  return set_times(find(directory, path, flags), t);
}
extern "C" SysResult sys_utimes(u64 path, u64 times) {
  Timespec t[2];
  TRY(read_times(times, 1000, t));
  return set_times(find(at_current_directory, path, 0), t);
}
extern "C" SysResult sys_utime(u64 path, u64 times) {
  Timespec t[2] = {{0, time_now}, {0, time_now}};
  if (times) {
    i64 seconds[2];
    TRY(copy_in(seconds, times, sizeof seconds));
    t[0] = {seconds[0], 0}, t[1] = {seconds[1], 0};
  }
  return set_times(find(at_current_directory, path, 0), t);
}

/// Entries until the buffer is full. Position 0 is ".", 1 is "..", the directory's own follow from 2.
extern "C" SysResult sys_getdents64(i32 fd, u64 address, u32 size) {
  struct [[gnu::packed]] Record {
    u64 inode, next;
    u16 length;
    u8 type;
  };
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->inode->is(mode::directory) || !file->dentry) return Errno::NOTDIR;
  Dentry& self = *file->dentry;
  u64 used = 0;
  for (;;) {
    Inode::Entry e;
    if (file->position == 0)
      e = {".", self.inode->number, mode::directory, 1};
    else if (file->position == 1)
      e = {"..", self.parent ? self.parent->inode->number : self.inode->number, mode::directory, 2};
    else if (!self.inode->entry_at(self, file->position, e))
      return used;
    u64 name_size = strlen(e.name) + 1, length = (sizeof(Record) + name_size + 7) & ~u64{7};
    if (used + length > size) return used ? SysResult(used) : Errno::INVAL;
    Record r{e.number, e.next, static_cast<u16>(length), entry_type(e.mode)};
    TRY(copy_out(address + used, &r, sizeof r));
    TRY(copy_out(address + used + sizeof r, e.name, name_size));
    used += length;
    file->position = e.next;
  }
}

static Statfs filesystem_of(const Inode& inode) {
  constexpr i64 flag_read_only = 1, flag_valid = 0x20, flag_relatime = 0x1000;
  Statfs f{};
  f.block_size = f.fragment_size = page_size;
  f.name_length = name_max;
  f.flags = flag_valid | flag_relatime;
  const Filesystem* on = inode.filesystem;
  if (!on) {
    f.type = inode.is(mode::socket) ? socket_magic : inode.is(mode::fifo) ? pipe_magic : anonymous_magic;
    return f;
  }
  f.type = static_cast<i64>(on->magic);
  if (on->read_only) f.flags |= flag_read_only;
  if (on->in_memory) f.blocks = frame_count, f.free = f.available = free_frames(), f.files = f.files_free = frame_count;
  return f;
}

extern "C" SysResult sys_statfs(u64 path, UserPtr<Statfs> to) {
  Ref<Inode> inode = TRY(find(at_current_directory, path, 0));
  return write_user(to, filesystem_of(*inode));
}
extern "C" SysResult sys_fstatfs(i32 fd, UserPtr<Statfs> to) {
  Ref<File> file = TRY(current->files->get_any(fd));
  return write_user(to, filesystem_of(*file->inode));
}

}  // namespace lucid::kernel
