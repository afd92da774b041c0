// SPDX-License-Identifier: MIT
#include "core/kernel/sched/run_queue.h"

namespace lucid::kernel {

Task** RunQueue::end_of_real_time() {
  Task** link = &first_;
  while (*link && (*link)->is_real_time()) link = &(*link)->run_next;
  return link;
}

Task* RunQueue::first_shared() const { return *const_cast<RunQueue*>(this)->end_of_real_time(); }

void RunQueue::put(Task** link, Task& task) {
  task.run_next = *link;
  *link = &task;
  if (task.is_real_time()) return;
  shared_count_++;
  shared_weight_ += task.sched.weight;
}

void RunQueue::insert_real_time(Task& task, bool before_equals) {
  Task** link = &first_;
  while (*link && (*link)->is_real_time() &&
         ((*link)->priority > task.priority || (!before_equals && (*link)->priority == task.priority)))
    link = &(*link)->run_next;
  put(link, task);
}

void RunQueue::remove(Task& task) {
  Task** link = &first_;
  while (*link && *link != &task) link = &(*link)->run_next;
  if (!*link) return;
  *link = task.run_next;
  task.run_next = nullptr;
  if (task.is_real_time()) return;
  shared_count_--;
  shared_weight_ -= task.sched.weight;
}

}  // namespace lucid::kernel
