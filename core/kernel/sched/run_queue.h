// SPDX-License-Identifier: MIT
// Tasks that could run and do not, in the order in which they would: real-time tasks by priority, then
// the others as the policy placed them. Whoever looks from outside follows it through Task::run_next.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

class RunQueue {
 public:
  Task* first() const { return first_; }
  bool empty() const { return !first_; }
  /// The first that is not a real-time task: the policy's part begins there.
  Task* first_shared() const;
  u32 shared_count() const { return shared_count_; }
  u64 shared_weight() const { return shared_weight_; }

  /// Before the first task of which `before` is true, at the end if there is none. For real-time tasks
  /// the place is decided by their priority alone.
  template <typename F>
  void insert_shared(Task& task, F before) {
    Task** link = end_of_real_time();
    while (*link && !before(**link)) link = &(*link)->run_next;
    put(link, task);
  }
  void insert_last(Task& task) {
    insert_shared(task, [](const Task&) { return false; });
  }
  void insert_first(Task& task) {
    insert_shared(task, [](const Task&) { return true; });
  }
  /// Behind its equals, or before them when it was only interrupted.
  void insert_real_time(Task& task, bool before_equals);
  void remove(Task& task);

 private:
  Task** end_of_real_time();
  void put(Task** link, Task& task);
  Task* first_ = nullptr;
  u32 shared_count_ = 0;
  u64 shared_weight_ = 0;
};

}  // namespace lucid::kernel
