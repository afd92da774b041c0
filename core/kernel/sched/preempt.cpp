// SPDX-License-Identifier: MIT
#include "core/kernel/sched/preempt.h"

#include "core/abi/boot_info.h"
#include "core/kernel/arch/interrupts.h"
#include "core/kernel/drivers/keyboard.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/drivers/uart.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/proc/timers.h"
#include "core/kernel/sched/switch.h"

namespace lucid::kernel {

Preemption preemption = Preemption::voluntary;
u32 preempt_count = 0;

namespace {

Task* owner = nullptr;
bool others_wait = false;  // somebody has lent its turn to the owner
u32 noted = 0;             // interrupts whose devices have not been seen to, by IRQ

void serve(u32 irq) {
  if (irq == timer_irq) return timer_work();
  if (irq == keyboard_irq) return keyboard_interrupt();
  for (u32 line = 0; line < uart_count; line++)
    if (irq == abi::uart_irqs[line]) uart_interrupt(line);
}

}  // namespace

bool in_kernel() { return owner == current; }
const Task* kernel_owner() { return owner; }

void enter_kernel() {
  while (owner && owner != current) {
    others_wait = true;
    lend_turn(*owner);
  }
  owner = current;
}

void leave_kernel() {
  if (owner != current) return;
  owner = nullptr;
  if (others_wait) want_reschedule(SwitchReason::outranked);
  others_wait = false;
}

void note_interrupt(u32 irq) { noted |= 1 << irq; }
bool interrupt_work_pending() { return noted || tasks_to_bury(); }

void do_interrupt_work() {
  preempt_disable();
  bury_tasks();
  while (noted) {
    u32 irq = static_cast<u32>(__builtin_ctz(noted));
    noted &= ~(1u << irq);
    serve(irq);
  }
  preempt_enable();
}

void cond_resched() {
  if (!in_kernel() || preempt_count) return;
  InterruptsOff off;
  if (interrupt_work_pending()) do_interrupt_work();
  if (need_reschedule) give_way();
}

void preempt_kernel_code() {
  if (preemption != Preemption::full || !need_reschedule || preempt_count) return;
  switch_away(pending_reason(), WhileSwitching::keep_kernel);
}

}  // namespace lucid::kernel
