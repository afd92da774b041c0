// SPDX-License-Identifier: MIT
#include "core/kernel/proc/sched.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/arch/fpu.h"
#include "core/kernel/arch/segments.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/proc/timers.h"

extern "C" void switch_stacks(lucid::kernel::u64* save_rsp, lucid::kernel::u64 load_rsp);

namespace lucid::kernel {

Task* current;
Task* running_task;
bool need_reschedule = false;
u64 tick_count = 0, context_switches = 0;

namespace {

alignas(16) u8 idle_storage[sizeof(Task)];
Task* idle_task;
Queue<Task, &Task::run_next> ready;
Task* last_exited = nullptr;  // its stack may be freed once nobody runs on it

/// What is the task's own beside its stack: address space, FPU, segment bases.
void switch_context(Task& from, Task& to) {
  save_fpu(from.fpu);
  save_segments(from);
  if (to.memory && (read_cr3() & pte::address) != to.memory->root * page_size) to.memory->activate();
  load_fpu(to.fpu);
  load_segments(to);
  set_kernel_stack(to.kernel_stack + kernel_stack_size);
}

void free_last_exited() {
  if (!last_exited) return;
  Task* task = last_exited;
  last_exited = nullptr;
  free_task(task);
}

}  // namespace

void setup_scheduler() {
  idle_task = new (idle_storage) Task;
  copy_string(idle_task->name, "idle", sizeof idle_task->name);
  init_fpu(idle_task->fpu);
  current = idle_task;
}

const void* run_queue_head() { return &ready; }

void make_ready(Task& task) {
  task.state = TaskState::ready;
  task.slice_left = slice_ticks;
  ready.push(&task);
}

void schedule(SwitchReason reason) {
  need_reschedule = false;
  Task* previous = current;
  if (previous != idle_task && *reinterpret_cast<u64*>(previous->kernel_stack) != stack_end_mark)
    panic("the kernel stack of task %u is too small", previous->pid);
  bool goes_on = previous != idle_task && previous->state == TaskState::running;
  if (goes_on) make_ready(*previous);
  Task* next = ready.pop();
  if (!next) next = idle_task;
  if (next == previous) {
    next->state = TaskState::running;
    return;
  }
  (reason == SwitchReason::preempted ? previous->involuntary_switches : previous->voluntary_switches)++;
  context_switches++;
  trace(Trace::switched, previous->pid, next->pid, static_cast<u64>(reason));
  u64 now = read_tsc();
  previous->cpu_ticks += now - previous->switched_in_at;
  if (previous->group) previous->group->cpu_ticks += now - previous->switched_in_at;
  next->switched_in_at = now;
  if (next != idle_task) {
    next->state = TaskState::running;
    if (!pit_running()) start_pit();
  }
  if (previous->state == TaskState::dead) last_exited = previous;
  current = next;
  running_task = next == idle_task ? nullptr : next;
  switch_context(*previous, *next);
  switch_stacks(&previous->saved_rsp, next->saved_rsp);
  free_last_exited();
}

/// A new task's first steps, in place of the rest of schedule().
extern "C" void finish_first_switch() { free_last_exited(); }

void leave_queue(Task& task) {
  if (task.waiting_on) task.waiting_on->sleepers_.remove(&task);
  task.waiting_on = nullptr;
}

void wake(Task& task) {
  if (task.state != TaskState::sleeping) return;
  leave_queue(task);
  cancel_deadline(task);
  trace(Trace::woken, task.pid, static_cast<u64>(task.wait_reason));
  task.wait_reason = WaitReason::none;
  make_ready(task);
}

Wake sleep_on(WaitQueue& queue, WaitReason reason, u64 deadline) {
  Task& self = *current;
  if (self.killable_only ? fatal_signal_pending(self) : signal_pending(self)) return Wake::signal;
  if (deadline && nanoseconds_since_boot() >= deadline) return Wake::timeout;
  self.state = TaskState::sleeping;
  self.wait_reason = reason;
  self.woken = false;
  self.waiting_on = &queue;
  queue.sleepers_.push(&self);
  if (deadline) set_deadline(self, deadline);
  trace(Trace::blocked, self.pid, static_cast<u64>(reason));
  schedule(SwitchReason::blocked);
  if (self.woken) return Wake::event;
  if (deadline && nanoseconds_since_boot() >= deadline) return Wake::timeout;
  return Wake::signal;
}

Wake sleep_killable(WaitQueue& queue, WaitReason reason) {
  current->killable_only = true;
  Wake result = sleep_on(queue, reason);
  current->killable_only = false;
  return result;
}

void stop_current() {
  current->state = TaskState::stopped;
  current->wait_reason = WaitReason::stopped;
  schedule(SwitchReason::blocked);
}

void scheduler_tick() {
  tick_count++;
  expire_timers();
  if (current == idle_task) return;
  if (current->group->timers.on_cpu_time) check_cpu_timers(*current->group);
  if (current->slice_left) current->slice_left--;
  if (!current->slice_left) {
    current->slice_left = slice_ticks;
    if (!ready.empty()) need_reschedule = true;
  }
}

void idle_loop() {
  for (;;) {
    if (!ready.empty()) {
      schedule(SwitchReason::idle_ended);
      continue;
    }
    bool something_due = timers_armed();
    if (something_due && !pit_running()) start_pit();
    if (!something_due && pit_running()) stop_pit();
    wait_for_interrupt();
  }
}

}  // namespace lucid::kernel
