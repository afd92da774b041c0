// SPDX-License-Identifier: MIT
// poll and select: look at all files; if none is ready sleep until one of them announces something,
// and look again.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/sys/poll_wait.h"

namespace lucid::kernel {
namespace {

struct PollFd {
  i32 fd;
  u16 events, returned;
};

/// Wakes the running task for whatever any of many queues announces.
class Poller : public PollTable {
 public:
  ~Poller() {
    while (entries_) {
      Entry* e = entries_;
      entries_ = e->next;
      delete e;
    }
  }
  void add(WaitQueue& queue) override {
    auto* e = new (or_null) Entry;
    if (!e) {
      out_of_memory_ = true;
      return;
    }
    e->poller = this;
    e->next = entries_;
    entries_ = e;
    e->start(queue);
  }
  bool out_of_memory() const { return out_of_memory_; }
  Wake sleep(u64 deadline) {
    if (announced_) {
      announced_ = false;
      return Wake::event;
    }
    Wake w = sleep_on(queue_, WaitReason::poll, deadline);
    announced_ = false;
    return w;
  }

 private:
  struct Entry : Watch {
    Poller* poller;
    Entry* next;
    void notified() override {
      poller->announced_ = true;
      poller->queue_.wake_all();
    }
  };
  Entry* entries_ = nullptr;
  WaitQueue queue_;
  bool announced_ = false, out_of_memory_ = false;
};

/// Repeats look(table) until it is positive, fails, or the deadline passes.
template <typename F>
SysResult wait_until_ready(const Deadline& deadline, F look) {
  Poller poller;
  LookOnly look_only;
  SysResult ready = look(deadline.wait ? static_cast<PollTable&>(poller) : look_only);
  if (poller.out_of_memory()) return Errno::NOMEM;
  while (ready.raw() == 0 && deadline.wait) {
    Wake w = poller.sleep(deadline.at);
    ready = look(look_only);
    if (w == Wake::timeout || ready.raw()) break;
    if (w == Wake::signal) return Errno::RESTARTNOHAND;
  }
  return ready;
}

u32 events_of(i32 fd, PollTable& table) {
  Result<Ref<File>> file = current->files->get(fd);
  return file.ok() ? file.value()->inode->poll(*file.value(), table) : poll_event::invalid;
}

SysResult do_poll(u64 address, u64 count, const Deadline& deadline) {
  if (count > current->group->limits[limit::files].soft) return Errno::INVAL;
  Buffer copy(max<u64>(count * sizeof(PollFd), 1));
  if (!copy) return Errno::NOMEM;
  auto* fds = reinterpret_cast<PollFd*>(copy.data());
  TRY(copy_in(fds, address, count * sizeof(PollFd)));
  SysResult ready = wait_until_ready(deadline, [&](PollTable& table) -> SysResult {
    u64 n = 0;
    for (u64 i = 0; i < count; i++) {
      constexpr u32 always = poll_event::error | poll_event::hang_up | poll_event::invalid;
      fds[i].returned = fds[i].fd < 0 ? 0 : static_cast<u16>(events_of(fds[i].fd, table) & (fds[i].events | always));
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

SysResult do_select(i32 count, u64 in_address, u64 out_address, u64 except_address, const Deadline& deadline) {
  if (count < 0) return Errno::INVAL;
  u32 n = min<u32>(static_cast<u32>(count), most_select);
  u64 size = (n + 63) / 64 * 8;
  FdSet in{}, out{}, except{};
  if (in_address) TRY(copy_in(&in, in_address, size));
  if (out_address) TRY(copy_in(&out, out_address, size));
  if (except_address) TRY(copy_in(&except, except_address, size));
  FdSet ready_in{}, ready_out{}, ready_except{};
  SysResult ready = wait_until_ready(deadline, [&](PollTable& table) -> SysResult {
    ready_in = ready_out = ready_except = {};
    u64 total = 0;
    for (u32 fd = 0; fd < n; fd++) {
      if (!in.has(fd) && !out.has(fd) && !except.has(fd)) continue;
      u32 e = events_of(static_cast<i32>(fd), table);
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

/// What is left of a timeout is told to the caller, whatever the result.
template <typename T>
SysResult tell_remaining(UserPtr<T> timeout, const Deadline& deadline, SysResult result) {
  if (!timeout || !deadline.at) return result;
  u64 now = nanoseconds_since_boot(), left = deadline.at > now ? deadline.at - now : 0;
  if constexpr (__is_same(T, Timeval))
    (void)write_user(timeout,
                     Timeval{static_cast<i64>(left / 1'000'000'000), static_cast<i64>(left / 1000 % 1'000'000)});
  else
    (void)write_user(timeout, to_timespec(left));
  return result;
}

/// poll goes on with the time that is left after a stop.
SysResult poll_restartably(u64 fds, u64 count, const Deadline& deadline) {
  SysResult r = do_poll(fds, count, deadline);
  if (!r.is(Errno::RESTARTNOHAND)) return r;
  current->restart = {[] {
                        const RestartBlock& b = current->restart;
                        return poll_restartably(b.arguments[0], b.arguments[1], {b.deadline, b.arguments[2] != 0});
                      },
                      deadline.at,
                      {fds, count, deadline.wait}};
  return Errno::RESTART_BLOCK;
}

}  // namespace

extern "C" SysResult sys_poll(u64 fds, u32 count, i32 milliseconds) {
  return poll_restartably(fds, count, deadline_in(milliseconds));
}
extern "C" SysResult sys_ppoll(u64 fds, u32 count, UserPtr<Timespec> timeout, u64 mask, u64 size) {
  Deadline d = TRY(deadline_of(timeout));
  TRY(use_mask(mask, size));
  return tell_remaining(timeout, d, end_mask(mask, do_poll(fds, count, d)));
}
extern "C" SysResult sys_select(i32 count, u64 in, u64 out, u64 except, UserPtr<Timeval> timeout) {
  Deadline d;
  if (timeout) {
    Timeval t = TRY(read_user(timeout));
    if (t.seconds < 0 || t.microseconds < 0) return Errno::INVAL;
    constexpr i64 longest = 1'000'000'000;  // seconds; also keeps the sum below from overflowing
    d = deadline_after(static_cast<u64>(min(t.seconds + t.microseconds / 1'000'000, longest)) * 1'000'000'000 +
                       static_cast<u64>(t.microseconds % 1'000'000) * 1000);
  }
  return tell_remaining(timeout, d, do_select(count, in, out, except, d));
}
extern "C" SysResult sys_pselect6(i32 count, u64 in, u64 out, u64 except, UserPtr<Timespec> timeout, u64 mask_pair) {
  struct {
    u64 address, size;
  } mask{};
  if (mask_pair) TRY(copy_in(&mask, mask_pair, sizeof mask));
  Deadline d = TRY(deadline_of(timeout));
  TRY(use_mask(mask.address, mask.size));
  return tell_remaining(timeout, d, end_mask(mask.address, do_select(count, in, out, except, d)));
}

}  // namespace lucid::kernel
