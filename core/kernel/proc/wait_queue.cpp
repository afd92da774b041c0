// SPDX-License-Identifier: MIT
#include "core/kernel/proc/wait_queue.h"

#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

void Watch::start(WaitQueue& queue) {
  stop();
  queue_ = &queue;
  next_ = queue.watches_;
  if (next_) next_->previous_ = this;
  queue.watches_ = this;
}

void Watch::stop() {
  if (!queue_) return;
  (previous_ ? previous_->next_ : queue_->watches_) = next_;
  if (next_) next_->previous_ = previous_;
  queue_ = nullptr;
  next_ = previous_ = nullptr;
}

void WaitQueue::notify_watches() {
  for (Watch* w = watches_; w; w = w->next_) w->notified();
}

void WaitQueue::wake_all() {
  while (Task* task = sleepers_.first()) {
    task->woken = true;
    wake(*task);
  }
  notify_watches();
}

void WaitQueue::wake_one() {
  if (Task* task = sleepers_.first()) {
    task->woken = true;
    wake(*task);
  }
  notify_watches();
}

}  // namespace lucid::kernel
