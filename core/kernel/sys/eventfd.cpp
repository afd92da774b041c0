// SPDX-License-Identifier: MIT
// eventfd(2): a counter as a file. Writing adds to it, reading takes it all, or one if it is a semaphore.
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/anonymous_file.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

class EventCounter : public Inode {
 public:
  EventCounter(u64 count, bool semaphore) : Inode(0600), count_(count), semaphore_(semaphore) {}
  const char* anonymous_name() const override { return "anon_inode:[eventfd]"; }

  SysResult read(File& file, u64, IoBuffer& buffer) override {
    if (buffer.left() < sizeof(u64)) return Errno::INVAL;
    while (!count_) {
      if (file.nonblocking()) return Errno::AGAIN;
      if (sleep_on(readable_, WaitReason::other) == Wake::signal) return Errno::RESTARTSYS;
    }
    u64 taken = semaphore_ ? 1 : count_;
    count_ -= taken;
    writable_.wake_all();
    return buffer.put(&taken, sizeof taken) == sizeof taken ? SysResult(sizeof taken) : Errno::FAULT;
  }

  SysResult write(File& file, u64, IoBuffer& buffer) override {
    u64 added = 0;
    if (buffer.left() < sizeof added) return Errno::INVAL;
    if (buffer.get(&added, sizeof added) < sizeof added) return Errno::FAULT;
    if (added > most) return Errno::INVAL;
    while (added > most - count_) {
      if (file.nonblocking()) return Errno::AGAIN;
      if (sleep_on(writable_, WaitReason::other) == Wake::signal) return Errno::RESTARTSYS;
    }
    count_ += added;
    readable_.wake_all();
    return sizeof added;
  }

  u32 poll(File&, PollTable& table) override {
    table.add(readable_);
    table.add(writable_);
    return (count_ ? poll_event::in : 0) | (count_ < most ? poll_event::out : 0);
  }

 private:
  static constexpr u64 most = ~u64{1};
  u64 count_;
  bool semaphore_;
  WaitQueue readable_, writable_;
};

}  // namespace

extern "C" SysResult sys_eventfd2(u32 count, u32 flags) {
  constexpr u32 semaphore = 1;
  if (flags & ~(anonymous_flags | semaphore)) return Errno::INVAL;
  return open_anonymous(new EventCounter(count, flags & semaphore), flags);
}
extern "C" SysResult sys_eventfd(u32 count) { return sys_eventfd2(count, 0); }

}  // namespace lucid::kernel
