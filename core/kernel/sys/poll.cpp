// SPDX-License-Identifier: MIT
// poll and select: look at all files; if none is ready sleep until something somewhere changes, and
// look again.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

struct PollFd {
  i32 fd;
  u16 events, returned;
};
constexpr u64 never = ~u64{0};

/// Repeats look() until it is positive, fails, or the deadline passes. 0 = do not wait, never = for ever.
template <typename F>
SysResult wait_until_ready(u64 deadline, bool wait, F look) {
  for (;;) {
    SysResult ready = look();
    if (ready.raw() != 0 || !wait) return ready;
    Wake w = sleep_on(poll_queue, WaitReason::poll, deadline == never ? 0 : deadline);
    if (w == Wake::timeout) return look();
    if (w == Wake::signal) return Errno::RESTARTNOHAND;
  }
}

u32 events_of(i32 fd) {
  Result<Ref<File>> file = current->files->get(fd);
  return file.ok() ? file.value()->inode->poll(*file.value()) : poll_event::invalid;
}

SysResult do_poll(u64 address, u64 count, u64 deadline, bool wait) {
  if (count > current->group->limits[limit::files].soft) return Errno::INVAL;
  Buffer copy(max<u64>(count * sizeof(PollFd), 1));
  if (!copy) return Errno::NOMEM;
  auto* fds = reinterpret_cast<PollFd*>(copy.data());
  TRY(copy_in(fds, address, count * sizeof(PollFd)));
  SysResult ready = wait_until_ready(deadline, wait, [&]() -> SysResult {
    u64 n = 0;
    for (u64 i = 0; i < count; i++) {
      constexpr u32 always = poll_event::error | poll_event::hang_up | poll_event::invalid;
      fds[i].returned = fds[i].fd < 0 ? 0 : static_cast<u16>(events_of(fds[i].fd) & (fds[i].events | always));
      n += fds[i].returned != 0;
    }
    return n;
  });
  if (ready.raw() >= 0) TRY(copy_out(address, fds, count * sizeof(PollFd)));
  return ready;
}

constexpr u32 most_select = 1024;
struct FdSet {
  u64 words[most_select / 64];
  bool has(u32 fd) const { return words[fd / 64] >> fd % 64 & 1; }
  void add(u32 fd) { words[fd / 64] |= u64{1} << fd % 64; }
};

SysResult do_select(i32 count, u64 in_address, u64 out_address, u64 except_address, u64 deadline, bool wait) {
  if (count < 0) return Errno::INVAL;
  u32 n = min<u32>(static_cast<u32>(count), most_select);
  u64 size = (n + 63) / 64 * 8;
  FdSet in{}, out{}, except{};
  if (in_address) TRY(copy_in(&in, in_address, size));
  if (out_address) TRY(copy_in(&out, out_address, size));
  if (except_address) TRY(copy_in(&except, except_address, size));
  FdSet ready_in{}, ready_out{}, ready_except{};
  SysResult ready = wait_until_ready(deadline, wait, [&]() -> SysResult {
    ready_in = ready_out = ready_except = {};
    u64 total = 0;
    for (u32 fd = 0; fd < n; fd++) {
      if (!in.has(fd) && !out.has(fd) && !except.has(fd)) continue;
      u32 e = events_of(static_cast<i32>(fd));
      if (e & poll_event::invalid) return Errno::BADF;
      if (in.has(fd) && (e & (poll_event::in | poll_event::hang_up | poll_event::error))) ready_in.add(fd), total++;
      if (out.has(fd) && (e & (poll_event::out | poll_event::error))) ready_out.add(fd), total++;
      if (except.has(fd) && (e & poll_event::priority)) ready_except.add(fd), total++;
    }
    return total;
  });
  if (ready.raw() < 0) return ready;
  if (in_address) TRY(copy_out(in_address, &ready_in, size));
  if (out_address) TRY(copy_out(out_address, &ready_out, size));
  if (except_address) TRY(copy_out(except_address, &ready_except, size));
  return ready;
}

/// Swaps the signal mask for the time of a ppoll or pselect.
Status use_mask(u64 mask_address, u64 size) {
  if (!mask_address) return {};
  if (size != sizeof(u64)) return Errno::INVAL;
  u64 mask = TRY(read_user(UserPtr<u64>{mask_address}));
  current->suspended_mask = current->blocked;
  set_blocked(mask);
  return {};
}
SysResult end_mask(u64 mask_address, SysResult result) {
  if (!mask_address) return result;
  if (result.is(Errno::RESTARTNOHAND))
    current->restore_mask = true;  // the handler runs under the temporary mask
  else
    set_blocked(current->suspended_mask);
  return result;
}

struct Deadline {
  u64 at = never;
  bool wait = true;
};
Result<Deadline> deadline_of(UserPtr<Timespec> timeout) {
  Deadline d;
  if (!timeout) return d;
  Timespec t = TRY(read_user(timeout));
  if (!t.valid()) return Errno::INVAL;
  d.wait = t.total() != 0;
  d.at = nanoseconds_since_boot() + t.total();
  return d;
}

}  // namespace

extern "C" SysResult sys_poll(u64 fds, u32 count, i32 milliseconds) {
  u64 deadline = milliseconds < 0 ? never : nanoseconds_since_boot() + static_cast<u64>(milliseconds) * 1'000'000;
  return do_poll(fds, count, deadline, milliseconds != 0);
}
extern "C" SysResult sys_ppoll(u64 fds, u32 count, UserPtr<Timespec> timeout, u64 mask, u64 size) {
  Deadline d = TRY(deadline_of(timeout));
  TRY(use_mask(mask, size));
  return end_mask(mask, do_poll(fds, count, d.at, d.wait));
}
extern "C" SysResult sys_select(i32 count, u64 in, u64 out, u64 except, UserPtr<Timeval> timeout) {
  Deadline d;
  if (timeout) {
    Timeval t = TRY(read_user(timeout));
    if (t.seconds < 0 || t.microseconds < 0) return Errno::INVAL;
    u64 ns = static_cast<u64>(t.seconds) * 1'000'000'000 + static_cast<u64>(t.microseconds) * 1000;
    d = {nanoseconds_since_boot() + ns, ns != 0};
  }
  return do_select(count, in, out, except, d.at, d.wait);
}
extern "C" SysResult sys_pselect6(i32 count, u64 in, u64 out, u64 except, UserPtr<Timespec> timeout, u64 mask_pair) {
  struct {
    u64 address, size;
  } mask{};
  if (mask_pair) TRY(copy_in(&mask, mask_pair, sizeof mask));
  Deadline d = TRY(deadline_of(timeout));
  TRY(use_mask(mask.address, mask.size));
  return end_mask(mask.address, do_select(count, in, out, except, d.at, d.wait));
}

}  // namespace lucid::kernel
