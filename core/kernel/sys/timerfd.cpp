// SPDX-License-Identifier: MIT
// timerfd(2): a timer as a file, which reads as the number of times it has expired.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/proc/clocks.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/proc/timer.h"
#include "core/kernel/sys/anonymous_file.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

class TimerFile : public Inode, private Timer {
 public:
  explicit TimerFile(i32 clock) : Inode(0600), clock_(clock) {}
  static constexpr const char* kind = "anon_inode:[timerfd]";
  const char* anonymous_name() const override { return kind; }

  SysResult read(File& file, u64, IoBuffer& buffer) override {
    if (buffer.left() < sizeof expirations_) return Errno::INVAL;
    while (!expirations_) {
      if (file.nonblocking()) return Errno::AGAIN;
      if (sleep_on(expired_, WaitReason::sleep) == Wake::signal) return Errno::RESTARTSYS;
    }
    u64 count = expirations_;
    expirations_ = 0;
    return buffer.put(&count, sizeof count) == sizeof count ? SysResult(sizeof count) : Errno::FAULT;
  }
  u32 poll(File&, PollTable& table) override {
    table.add(expired_);
    return expirations_ ? poll_event::in : 0;
  }

  void set(const IntervalSpec& spec, bool absolute) {
    expirations_ = 0;
    u64 value = spec.value.total(), base = clock_base(clock_);
    schedule_ = {};
    if (value) {
      schedule_.interval = spec.interval.total();
      schedule_.deadline = !absolute ? nanoseconds_since_boot() + value : value > base ? value - base : 1;
    }
    restart();
  }
  IntervalSpec state() const {
    return {to_timespec(schedule_.interval), to_timespec(schedule_.left(nanoseconds_since_boot()))};
  }

 private:
  void expired(u64 now) override {
    expirations_ += 1 + schedule_.advance(now);
    restart();
    expired_.wake_all();
  }
  void restart() {
    if (schedule_.deadline)
      start(schedule_.deadline);
    else
      stop();
  }
  i32 clock_;
  Schedule schedule_;
  u64 expirations_ = 0;
  WaitQueue expired_;
};

Result<TimerFile*> timer_file(const Ref<File>& file) {
  if (file->inode->anonymous_name() != TimerFile::kind) return Errno::INVAL;
  return static_cast<TimerFile*>(file->inode.get());
}

}  // namespace

extern "C" SysResult sys_timerfd_create(i32 clock, u32 flags) {
  if (flags & ~anonymous_flags) return Errno::INVAL;
  switch (clock) {
    case clock_id::realtime:
    case clock_id::monotonic:
    case clock_id::boottime:
      break;
    case clock_id::realtime_alarm:
    case clock_id::boottime_alarm:
      if (current->credentials.effective_uid) return Errno::PERM;
      break;
    default:
      return Errno::INVAL;
  }
  return open_anonymous(new TimerFile(clock), flags);
}

extern "C" SysResult sys_timerfd_settime(i32 fd, u32 flags, UserPtr<IntervalSpec> wanted, UserPtr<IntervalSpec> old) {
  constexpr u32 absolute = 1, cancel_on_set = 2;
  IntervalSpec w = TRY(read_user(wanted));
  if ((flags & ~(absolute | cancel_on_set)) || !w.value.valid() || !w.interval.valid()) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get(fd));
  TimerFile& timer = *TRY(timer_file(file));
  IntervalSpec before = timer.state();
  timer.set(w, flags & absolute);
  if (old) TRY(write_user(old, before));
  return 0;
}

extern "C" SysResult sys_timerfd_gettime(i32 fd, UserPtr<IntervalSpec> to) {
  Ref<File> file = TRY(current->files->get(fd));
  return write_user(to, TRY(timer_file(file))->state());
}

}  // namespace lucid::kernel
