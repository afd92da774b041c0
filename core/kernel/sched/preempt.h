// SPDX-License-Identifier: MIT
// Who may interrupt whom inside the kernel. There are three rings of protection:
//
//   interrupts off   the run queue, the clock's accounts, the devices' registers between two port accesses:
//                    what the tick itself touches. Short. (arch/interrupts.h)
//   preemption off   a task that must not lose the processor; preempt_disable() counts, sleeping is an error.
//   the kernel lock  everything else: files, memory, terminals, signals, timers, the lists of tasks, the heap.
//
// Code of the kernel that works for a task holds the kernel lock from the door in to the door out, with
// interrupts on. Sleeping lets go of it, and so does cond_resched(): after either, what was looked up before may
// have changed. A page fault on user memory may sleep, so every copy from or to a program is such a place too.
//
// An interrupt only notes that its device wants something. The work is done at once if the lock is free, and
// otherwise before its owner leaves the kernel, sleeps or says cond_resched(). So drivers, timers and signals may
// use everything that system calls use, but must not sleep.
//
// preempt=voluntary  a slice that ends in the kernel ends at the door out, or at cond_resched().
// preempt=full       a tick in kernel code takes the processor away at once, unless preemption is off. The task
//                    keeps the lock meanwhile: others run their programs, and who wants into the kernel lends its
//                    turn to the owner until that lets go, whatever their priorities.
#pragma once
#include "core/kernel/proc/task.h"
#include "core/kernel/sched/switch.h"

namespace lucid::kernel {

enum class Preemption : u8 { voluntary, full };
extern Preemption preemption;

/// Who holds the kernel lock; null = nobody.
extern Task* kernel_owner;
extern bool others_wait_for_kernel;  // somebody has lent its turn to the owner
void wait_for_kernel();
void call_those_who_wait();

/// The door in: takes the kernel lock for the running task. Interrupts are off.
inline void enter_kernel() {
  if (kernel_owner) wait_for_kernel();
  kernel_owner = current;
}
/// The door out. Interrupts are off; nothing must be pending.
inline void leave_kernel() {
  if (kernel_owner != current) return;
  kernel_owner = nullptr;
  if (others_wait_for_kernel) call_those_who_wait();
}
/// Does the running task hold the kernel lock?
inline bool in_kernel() { return kernel_owner == current; }

/// Interrupts whose devices have not been seen to, by IRQ.
extern u32 noted_interrupts;
/// An interrupt's device wants something.
inline void note_interrupt(u32 irq) { noted_interrupts |= 1u << irq; }
inline bool interrupt_work_pending() { return noted_interrupts || tasks_to_bury; }
/// Does what interrupts have noted. Holding the lock, interrupts off.
void do_interrupt_work();

/// A place in long work where others may come in between.
void cond_resched();
/// An interrupt is about to return into kernel code: the switch that preempt=full is about.
void preempt_kernel_code();

/// While the count is not zero the running task keeps the processor. Sections nest.
extern u32 preempt_count;
inline void preempt_disable() {
  preempt_count = preempt_count + 1;
  asm volatile("" ::: "memory");
}
inline void preempt_enable() {
  asm volatile("" ::: "memory");
  preempt_count = preempt_count - 1;
}

}  // namespace lucid::kernel
