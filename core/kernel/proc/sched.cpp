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
#include "core/kernel/sched/cpu_time.h"
#include "core/kernel/sched/settings.h"

extern "C" void switch_stacks(lucid::kernel::u64* save_rsp, lucid::kernel::u64 load_rsp);

namespace lucid::kernel {

Task* current;
Task* running_task;
bool need_reschedule = false;
u64 tick_count = 0, context_switches = 0, task_starts = 0;

namespace {

alignas(16) u8 idle_storage[sizeof(Task)];
Task* idle_task;
RunQueue ready;
const Policy* policy = &round_robin_policy;
SwitchReason way_for = SwitchReason::preempted;  // why need_reschedule is set
Task* last_exited = nullptr;                     // its stack may be freed once nobody runs on it

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

void enqueue(Task& task, Arrival why) {
  task.state = TaskState::ready;
  task.sched.ready_since = read_tsc();
  if (why != Arrival::outranked) task.sched.ticks_used = 0;
  if (task.is_real_time())
    ready.insert_real_time(task, why == Arrival::outranked);
  else
    policy->enqueue(ready, task, why);
}

Task& choose() {
  Task* next = ready.first();
  if (!next) return *idle_task;
  if (!next->is_real_time()) next = &policy->choose(ready);
  ready.remove(*next);
  return *next;
}

Arrival arrival_after(SwitchReason reason) {
  if (reason == SwitchReason::yielded) return Arrival::yielded;
  return reason == SwitchReason::outranked ? Arrival::outranked : Arrival::slice_ended;
}

/// Tells the policy what the running task has used since it last heard.
void charge_running() {
  charge_system();
  Task& task = *current;
  u64 used = tsc_to_nanoseconds(task.cpu_ticks - task.sched.charged);
  task.sched.charged = task.cpu_ticks;
  if (&task != idle_task && !task.is_real_time()) policy->charge(task, ready, used);
}

u32 ticks_of(u64 ns) {
  constexpr u64 second = 1'000'000'000;
  return static_cast<u32>(max<u64>((ns * tick_rate() + second - 1) / second, 1));
}

void publish_slice(Task& task) {
  u64 slice = slice_of(task);
  u32 whole = slice ? ticks_of(slice) : 0;
  task.slice_left = whole > task.sched.ticks_used ? whole - task.sched.ticks_used : 0;
}

bool goes_before(const Task& woken, const Task& running) {
  if (woken.is_real_time() || running.is_real_time()) return woken.priority > running.priority;
  if (running.policy == sched_policy::idle) return woken.policy != sched_policy::idle;
  if (woken.policy != sched_policy::normal) return false;
  return policy->outranks(woken, running);
}

/// Somebody became ready while another task runs.
void consider(const Task& woken) {
  if (current == idle_task || current->state != TaskState::running || need_reschedule || !policy->preemptive()) return;
  charge_running();
  if (!goes_before(woken, *current)) return;
  need_reschedule = true;
  way_for = SwitchReason::outranked;
}

}  // namespace

void setup_scheduler() {
  idle_task = new (idle_storage) Task;
  copy_string(idle_task->name, "idle", sizeof idle_task->name);
  init_fpu(idle_task->fpu);
  current = idle_task;
  charge_idle();  // whatever passed before the kernel
}

const void* run_queue_head() { return &ready; }
const Policy& selected_policy() { return *policy; }

u64 slice_of(const Task& task) {
  if (task.is_real_time()) return task.policy == sched_policy::round_robin ? sched_settings.real_time_slice : 0;
  return policy->slice(task, ready);
}

void select_policy(const Policy& chosen) {
  charge_running();
  RunQueue old = ready;
  ready = {};
  policy = &chosen;
  while (Task* task = old.first()) {
    old.remove(*task);
    enqueue(*task, Arrival::moved);
  }
  u64 name = 0;
  memcpy(&name, chosen.name, min(strlen(chosen.name), sizeof name));
  trace(Trace::policy_chosen, name, tick_rate());
}

void change_share(Task& task, i32 nice, u32 wanted, u32 priority) {
  bool waits = task.state == TaskState::ready;
  if (waits) ready.remove(task);
  if (&task == current) charge_running();
  task.nice = nice;
  task.policy = wanted;
  task.priority = priority;
  task.sched.weight = wanted == sched_policy::idle ? weight_when_idle : nice_weights[nice - least_nice];
  if (waits) {
    enqueue(task, Arrival::moved);
    consider(task);
  } else if (&task == current && ready.first() && goes_before(*ready.first(), task)) {
    need_reschedule = true;
    way_for = SwitchReason::outranked;
  }
}

void make_ready(Task& task) {
  bool created = task.state == TaskState::created;
  if (created) task_starts++;
  enqueue(task, created ? Arrival::created : Arrival::woken);
  if (!created) consider(task);
}

void schedule(SwitchReason reason) {
  need_reschedule = false;
  Task* previous = current;
  if (previous != idle_task && *reinterpret_cast<u64*>(previous->kernel_stack) != stack_end_mark)
    panic("the kernel stack of task %u is too small", previous->pid);
  charge_running();
  bool goes_on = previous != idle_task && previous->state == TaskState::running;
  if (goes_on)
    enqueue(*previous, arrival_after(reason));
  else if (previous != idle_task && !previous->is_real_time())
    policy->left(*previous, ready);
  Task* next = &choose();
  if (next == previous) {
    next->state = TaskState::running;
    publish_slice(*next);
    return;
  }
  bool pushed = reason == SwitchReason::preempted || reason == SwitchReason::outranked;
  (pushed ? previous->involuntary_switches : previous->voluntary_switches)++;
  context_switches++;
  if (next != idle_task) {
    next->state = TaskState::running;
    next->sched.waited += read_tsc() - next->sched.ready_since;
    next->sched.switched_in++;
    publish_slice(*next);
    if (!pit_running()) start_pit();
  }
  trace(Trace::switched, previous->pid, next->pid, static_cast<u64>(reason), next->slice_left);
  if (previous->state == TaskState::dead) last_exited = previous;
  current = next;
  running_task = next == idle_task ? nullptr : next;
  switch_context(*previous, *next);
  switch_stacks(&previous->saved_rsp, next->saved_rsp);
  free_last_exited();
}

void give_way() { schedule(way_for); }

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
  if (self.uninterruptible) {
    // no signal matters
  } else if (self.killable_only ? fatal_signal_pending(self) : signal_pending(self)) {
    return Wake::signal;
  }
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

void sleep_uninterrupted(WaitQueue& queue, WaitReason reason) {
  current->uninterruptible = true;
  (void)sleep_on(queue, reason);
  current->uninterruptible = false;
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
  charge_running();
  if (current->group->timers.on_cpu_time) check_cpu_timers(*current->group);
  u64 slice = slice_of(*current);
  u32 used = ++current->sched.ticks_used;
  publish_slice(*current);
  if (!slice || used < ticks_of(slice)) return;
  if (ready.empty()) {
    current->sched.ticks_used = 0;
    publish_slice(*current);
    return;
  }
  need_reschedule = true;
  way_for = SwitchReason::preempted;
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
    charge_system();
    wait_for_interrupt();
    charge_idle();
  }
}

}  // namespace lucid::kernel
