// SPDX-License-Identifier: MIT
// Places to wait at. A task sleeps at one queue; whoever has to hear of many (poll, select, epoll)
// hangs a Watch on each of them and is told of every wake.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

class WaitQueue;

/// Why a sleeper woke.
enum class Wake { event, signal, timeout };

/// Hears of the wakes of one queue, until it or the queue goes away.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  virtual ~Watch() { stop(); }
  void start(WaitQueue& queue);
  void stop();
  /// Something about the queue may have changed. Must not sleep, nor destroy a Watch.
  virtual void notified() = 0;

 private:
  friend class WaitQueue;
  WaitQueue* queue_ = nullptr;
  Watch *next_ = nullptr, *previous_ = nullptr;
};

/// A place to sleep at until something happens. Sleepers look again after waking: it may have
/// happened to somebody else first.
class WaitQueue {
 public:
  WaitQueue() = default;
  WaitQueue(const WaitQueue&) = delete;
  ~WaitQueue() {
    while (watches_) watches_->stop();
  }
  void wake_all();
  void wake_one();
  bool empty() const { return sleepers_.empty(); }

 private:
  friend class Watch;
  friend Wake sleep_on(WaitQueue&, WaitReason, u64);
  friend void leave_queue(Task&);
  void notify_watches();
  Queue<Task, &Task::wait_next> sleepers_;
  Watch* watches_ = nullptr;
};

/// What Inode::poll() is told about: the queues at which a file announces that it became ready.
class PollTable {
 public:
  virtual void add(WaitQueue& queue) = 0;
};

/// For who only wants to know how things are now.
class LookOnly : public PollTable {
 public:
  void add(WaitQueue&) override {}
};

}  // namespace lucid::kernel
