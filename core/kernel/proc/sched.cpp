// SPDX-License-Identifier: MIT
#include "core/kernel/proc/sched.h"

#include "core/kernel/arch/fpu.h"
#include "core/kernel/arch/interrupts.h"
#include "core/kernel/arch/segments.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/proc/timers.h"
#include "core/kernel/sched/cpu_time.h"
#include "core/kernel/sched/preempt.h"
#include "core/kernel/sched/settings.h"
#include "core/kernel/sched/switch.h"

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
Task* lent_to = nullptr;                         // who must run next

/// What is the task's own beside its stack: address space, FPU, segment bases.
void switch_context(Task& from, Task& to) {
  save_fpu(from.fpu);
  save_segments(from);
  from.saved_cr3 = read_cr3();
  u64 wanted = to.saved_cr3 ? to.saved_cr3 : to.memory ? to.memory->root * page_size : from.saved_cr3;
  if (to.memory && wanted != from.saved_cr3) write_cr3(wanted);
  load_fpu(to.fpu);
  load_segments(to, &from);
  set_kernel_stack(to.kernel_stack + kernel_stack_size);
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
  Task* next = lent_to ? lent_to : ready.first();
  if (!next) return *idle_task;
  if (!lent_to && !next->is_real_time()) next = &policy->choose(ready);
  lent_to = nullptr;
  ready.remove(*next);
  return *next;
}

Arrival arrival_after(SwitchReason reason) {
  switch (reason) {
    case SwitchReason::yielded:
      return Arrival::yielded;
    case SwitchReason::outranked:
    case SwitchReason::lent:
      return Arrival::outranked;
    default:
      return Arrival::slice_ended;
  }
}

/// Tells the policy what the running task has used since it last heard.
void charge_running() {
  settle_times();
  if (!policy->counts_use()) return;
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
  if (policy->counts_use()) charge_running();
  if (goes_before(woken, *current)) want_reschedule(SwitchReason::outranked);
}

}  // namespace

void want_reschedule(SwitchReason reason) {
  need_reschedule = true;
  way_for = reason;
}
SwitchReason pending_reason() { return way_for; }

Task* tasks_to_bury = nullptr;
void bury_tasks() {
  while (Task* task = tasks_to_bury) {
    tasks_to_bury = task->run_next;
    free_task(task);
  }
}

INIT_CODE void setup_scheduler() {
  idle_task = new (idle_storage) Task;
  copy_string(idle_task->name, "swapper/0", sizeof idle_task->name);
  init_fpu(idle_task->fpu);
  current = idle_task;
  enter_kernel();
  charge_idle();  // whatever passed before the kernel
}

const void* run_queue_head() { return &ready; }
const Policy& selected_policy() { return *policy; }
const void* selected_policy_place() { return &policy; }

u64 slice_of(const Task& task) {
  if (task.is_real_time()) return task.policy == sched_policy::round_robin ? sched_settings.real_time_slice : 0;
  return policy->slice(task, ready);
}

void select_policy(const Policy& chosen) {
  InterruptsOff off;
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
  InterruptsOff off;
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
    want_reschedule(SwitchReason::outranked);
  }
}

void make_ready(Task& task) {
  InterruptsOff off;
  bool created = task.state == TaskState::created;
  if (created) task_starts++;
  enqueue(task, created ? Arrival::created : Arrival::woken);
  if (!created) consider(task);
}

void switch_away(SwitchReason reason, WhileSwitching kernel) {
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
  trace(Trace::switched, previous->pid, next->pid, static_cast<u64>(reason), next->slice_left,
        kernel == WhileSwitching::keep_kernel && reason != SwitchReason::lent);
  if (previous->state == TaskState::dead) {
    previous->run_next = tasks_to_bury;
    tasks_to_bury = previous;
  }
  current = next;
  running_task = next == idle_task ? nullptr : next;
  switch_context(*previous, *next);
  switch_stacks(&previous->saved_rsp, next->saved_rsp);
}

void schedule(SwitchReason reason) {
  InterruptsOff off;
  if (preempt_count) panic("task %u sleeps with preemption off", current->pid);
  bool held = in_kernel();
  if (held) leave_kernel();
  switch_away(reason, WhileSwitching::let_others_in);
  if (held) enter_kernel();
}

void give_way() { schedule(way_for); }

void lend_turn(Task& owner) {
  lent_to = &owner;
  switch_away(SwitchReason::lent, WhileSwitching::keep_kernel);
}

/// A new task's first steps, in place of the rest of switch_away(): on to its function in the kernel, or
/// to user code.
extern "C" void finish_first_switch(bool in_kernel) {
  Task& self = *current;
  if (!in_kernel && !self.set_child_tid) return;
  enter_kernel();
  enable_interrupts();
  if (self.set_child_tid) (void)write_user(UserPtr<u32>{self.set_child_tid}, self.pid);
  if (!in_kernel) disable_interrupts();
}

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
  InterruptsOff off;  // from the state on: a task that is not running must not be preempted
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
  InterruptsOff off;
  current->state = TaskState::stopped;
  current->wait_reason = WaitReason::stopped;
  schedule(SwitchReason::blocked);
}

/// Runs in the interrupt itself: only what interrupts being off protects.
void scheduler_tick() {
  tick_count++;
  bool in_program = current != idle_task;
  if (timers_due() || settings_requested() || (in_program && current->group->timers.on_cpu_time))
    note_interrupt(timer_irq);
  if (!in_program) return;
  charge_running();
  u64 slice = slice_of(*current);
  u32 used = ++current->sched.ticks_used;
  publish_slice(*current);
  if (!slice || used < ticks_of(slice)) return;
  if (ready.empty()) {
    current->sched.ticks_used = 0;
    publish_slice(*current);
    return;
  }
  want_reschedule(SwitchReason::preempted);
}

void timer_work() {
  if (settings_requested()) take_settings_request();
  expire_timers();
  if (current != idle_task && current->group->timers.on_cpu_time) check_cpu_timers(*current->group);
}

void idle_loop() {
  leave_kernel();  // which it had since boot
  for (;;) {
    if (settings_requested()) note_interrupt(timer_irq);
    if (interrupt_work_pending() && !kernel_owner) {
      enter_kernel();
      do_interrupt_work();
      leave_kernel();
      continue;
    }
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
