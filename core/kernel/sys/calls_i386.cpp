// SPDX-License-Identifier: MIT
// System calls whose 32-bit form differs from the 64-bit one: offsets in two halves, structures of 32-bit
// words, signed 32-bit arguments. All parameters arrive zero-extended.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/clocks.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"
#include "core/kernel/sys/io_vectors.h"
#include "core/kernel/sys/sleep.h"

#define SYSCALL(number, name, ...)                                                                                   \
  extern "C" [[gnu::weak]] lucid::kernel::i64 sys_##name(lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64, \
                                                         lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64);
#include "core/abi/syscall.def"
#undef SYSCALL

namespace lucid::kernel {
namespace {

struct Timespec32 {
  i32 seconds, nanoseconds;
};
struct IoVector32 {
  u32 base, length;
};

constexpr u64 second = 1'000'000'000;

/// A call in its 64-bit form. Signed arguments are extended on the way.
template <typename... Arguments>
SysResult native(SyscallHandler handler, Arguments... arguments) {
  u64 all[6] = {static_cast<u64>(arguments)...};
  return handler(all[0], all[1], all[2], all[3], all[4], all[5]);
}

u64 pair(u32 low, u32 high) { return static_cast<u64>(high) << 32 | low; }

Result<Timespec> read_timespec32(u64 from) {
  Timespec32 t = TRY(read_user(UserPtr<Timespec32>{from}));
  return Timespec{t.seconds, t.nanoseconds};
}

/// The limit as 32 bits see it: everything beyond is infinite.
SysResult limit32(u32 resource, u64 to, u64 infinity) {
  if (resource >= limit::count) return Errno::INVAL;
  const ResourceLimit& l = current->group->limits[resource];
  u32 values[2] = {static_cast<u32>(min(l.soft, infinity)), static_cast<u32>(min(l.hard, infinity))};
  return copy_out(to, values, sizeof values);
}

Result<Ref<File>> file_for(i32 fd, bool write) {
  return write ? current->files->get_writable(fd) : current->files->get_readable(fd);
}

/// One piece after the other; a short one ends it.
SysResult transfer_vectors(i32 fd, u64 vectors, u32 count, bool write) {
  (void)TRY(file_for(fd, write));
  if (count > most_vectors) return Errno::INVAL;
  i64 total = 0;
  for (u32 i = 0; i < count; i++) {
    IoVector32 v = TRY(read_user(UserPtr<IoVector32>{vectors + i * sizeof(IoVector32)}));
    if (!v.length) continue;
    i64 done = native(write ? sys_write : sys_read, fd, v.base, v.length).raw();
    if (done < 0) return total ? SysResult(total) : SysResult(static_cast<i64>(done));
    total += done;
    if (done < v.length) break;
  }
  return total;
}

/// 32-bit programs cannot reach what lies beyond 4 GiB: an address is looked for below that.
SysResult map_low(u64 address, u64 length, u32 protection, u32 flags, i32 fd, u64 offset) {
  constexpr u64 first = 0x40000000, end = 0xf0000000;
  u64 step = page_up(max<u64>(length, 1));
  constexpr u32 fixed = 0x10;
  if (!address) address = first;
  while (!(flags & fixed) && address + step < end && !current->memory->is_free(address, step)) address += step;
  return native(sys_mmap, address, length, protection, flags, fd, offset);
}

}  // namespace

extern "C" SysResult i386_waitpid(i32 pid, u64 status, u32 options) { return native(sys_wait4, pid, status, options); }

extern "C" SysResult i386_time(UserPtr<u32> to) {
  u32 now = static_cast<u32>(TRY(read_clock(clock_id::realtime)) / second);
  if (to) TRY(write_user(to, now));
  return now;
}
extern "C" SysResult i386_stime(UserPtr<u32> from) {
  u64 wanted = TRY(read_user(from));
  if (current->credentials.effective_uid) return Errno::PERM;
  set_real_time(wanted * second);
  return 0;
}
extern "C" SysResult i386_gettimeofday(u64 to, UserPtr<u64> zone) {
  u64 now = TRY(read_clock(clock_id::realtime));
  u32 value[2] = {static_cast<u32>(now / second), static_cast<u32>(now % second / 1000)};
  if (to) TRY(copy_out(to, value, sizeof value));
  if (zone) TRY(write_user(zone, u64{0}));
  return 0;
}
extern "C" SysResult i386_clock_gettime(i32 clock, UserPtr<Timespec32> to) {
  u64 now = TRY(read_clock(clock));
  return write_user(to, Timespec32{static_cast<i32>(now / second), static_cast<i32>(now % second)});
}

/// What is left after a signal is not told; the call goes on by itself unless a handler ran.
extern "C" SysResult i386_clock_nanosleep(i32 clock, u32 flags, u64 request, u64) {
  return sleep_on_clock_for(clock, flags, TRY(read_timespec32(request)), 0);
}
extern "C" SysResult i386_nanosleep(u64 request, u64) {
  return sleep_on_clock_for(clock_id::monotonic, 0, TRY(read_timespec32(request)), 0);
}

extern "C" SysResult i386_times(u64 to) {
  constexpr u64 tick = second / clock_ticks_per_second;
  const ThreadGroup& g = *current->group;
  u64 all[4] = {user_time(g), processor_time(g) - user_time(g), g.children.user_ns, g.children.ns - g.children.user_ns};
  u32 t[4];
  for (u32 i = 0; i < 4; i++) t[i] = static_cast<u32>(all[i] / tick);
  if (to) TRY(copy_out(to, t, sizeof t));
  return static_cast<u32>(nanoseconds_since_boot() / tick);
}

extern "C" SysResult i386_nice(i32 increment) {
  i32 wanted = current->nice + max(-40, min(40, increment));
  SysResult r = native(sys_setpriority, 0, 0, wanted);
  return r.is(Errno::ACCES) ? SysResult(Errno::PERM) : r;
}

extern "C" SysResult i386_getrlimit(u32 resource, u64 to) { return limit32(resource, to, 0x7fffffff); }
extern "C" SysResult i386_ugetrlimit(u32 resource, u64 to) { return limit32(resource, to, 0xffffffff); }

extern "C" SysResult i386_lseek(i32 fd, i32 offset, u32 whence) { return native(sys_lseek, fd, i64{offset}, whence); }
extern "C" SysResult i386__llseek(i32 fd, u32 high, u32 low, UserPtr<u64> to, u32 whence) {
  SysResult r = native(sys_lseek, fd, pair(low, high), whence);
  if (r.raw() < 0) return r;
  return write_user(to, static_cast<u64>(r.raw()));
}
extern "C" SysResult i386_truncate64(u64 path, u32 low, u32 high) {
  return native(sys_truncate, path, pair(low, high));
}
extern "C" SysResult i386_ftruncate64(i32 fd, u32 low, u32 high) { return native(sys_ftruncate, fd, pair(low, high)); }

extern "C" SysResult i386_readv(i32 fd, u64 vectors, u32 count) { return transfer_vectors(fd, vectors, count, false); }
extern "C" SysResult i386_writev(i32 fd, u64 vectors, u32 count) { return transfer_vectors(fd, vectors, count, true); }

extern "C" SysResult i386_mmap(u64 arguments) {
  u32 a[6];
  TRY(copy_in(a, arguments, sizeof a));
  if (a[5] & page_mask) return Errno::INVAL;
  return map_low(a[0], a[1], a[2], a[3], static_cast<i32>(a[4]), a[5]);
}
extern "C" SysResult i386_mmap2(u64 address, u64 length, u32 protection, u32 flags, i32 fd, u64 pages) {
  return map_low(address, length, protection, flags, fd, pages * page_size);
}

}  // namespace lucid::kernel
