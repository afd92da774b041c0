// SPDX-License-Identifier: MIT
// signalfd(2): blocked signals of whoever reads, as records of 128 bytes.
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/anonymous_file.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

/// struct signalfd_siginfo.
struct Record {
  u32 number;
  i32 error, code;
  u32 pid, uid;
  i32 fd;
  u32 timer_id, band, overrun, trap;
  i32 status, value;
  u64 pointer, user_time, system_time, address;
  u16 address_bit, pad;
  i32 syscall;
  u64 call_address;
  u32 architecture;
  u8 rest[28];
};
static_assert(sizeof(Record) == 128);

Record record_of(const SignalInfo& info) {
  Record r{};
  r.number = static_cast<u32>(info.number), r.error = info.error, r.code = info.code;
  u32 number = r.number;
  if (info.code == sig::from_timer) {
    r.timer_id = static_cast<u32>(info.timer.id), r.overrun = static_cast<u32>(info.timer.overrun);
    r.pointer = info.timer.value, r.value = static_cast<i32>(info.timer.value);
  } else if (number == sig::CHLD && info.code > 0) {
    r.pid = info.child.pid, r.uid = info.child.uid, r.status = info.child.status;
    r.user_time = static_cast<u64>(info.child.user_time), r.system_time = static_cast<u64>(info.child.system_time);
  } else if ((sig::synchronous & sig::bit(number)) && info.code > 0) {
    r.address = info.fault.address;
  } else {
    r.pid = info.sender.pid, r.uid = info.sender.uid;
    r.pointer = info.sender.value, r.value = static_cast<i32>(info.sender.value);
  }
  return r;
}

class SignalFile : public Inode {
 public:
  explicit SignalFile(u64 signals) : Inode(0600), signals_(signals) {}
  static constexpr const char* kind = "anon_inode:[signalfd]";
  const char* anonymous_name() const override { return kind; }
  void watch(u64 signals) {
    signals_ = signals;
    blocked_signal_arrived.wake_all();
  }

  SysResult read(File& file, u64, IoBuffer& buffer) override {
    u64 total = 0;
    if (buffer.left() < sizeof(Record)) return Errno::INVAL;
    while (buffer.left() >= sizeof(Record)) {
      SignalInfo info;
      if (!take_signal(signals_, info)) {
        if (total) break;
        if (file.nonblocking()) return Errno::AGAIN;
        if (sleep_on(blocked_signal_arrived, WaitReason::signal) == Wake::signal) return Errno::RESTARTSYS;
        continue;
      }
      Record r = record_of(info);
      if (buffer.put(&r, sizeof r) < sizeof r) return total ? SysResult(total) : Errno::FAULT;
      total += sizeof r;
    }
    return total;
  }

  u32 poll(File&, PollTable& table) override {
    table.add(blocked_signal_arrived);
    return (current->pending.set() | current->group->pending.set()) & signals_ ? poll_event::in : 0;
  }

 private:
  u64 signals_;
};

}  // namespace

extern "C" SysResult sys_signalfd4(i32 fd, UserPtr<u64> mask, u64 size, u32 flags) {
  if (size != sizeof(u64) || (flags & ~anonymous_flags)) return Errno::INVAL;
  u64 signals = TRY(read_user(mask)) & ~sig::unblockable;
  if (fd == -1) return open_anonymous(new SignalFile(signals), flags);
  Ref<File> file = TRY(current->files->get(fd));
  if (file->inode->anonymous_name() != SignalFile::kind) return Errno::INVAL;
  static_cast<SignalFile*>(file->inode.get())->watch(signals);
  return fd;
}
extern "C" SysResult sys_signalfd(i32 fd, UserPtr<u64> mask, u64 size) { return sys_signalfd4(fd, mask, size, 0); }

}  // namespace lucid::kernel
