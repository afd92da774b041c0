// SPDX-License-Identifier: MIT
#include "core/kernel/sched/preempt.h"

#include "core/abi/boot_info.h"
#include "core/kernel/arch/interrupts.h"
#include "core/kernel/drivers/ata.h"
#include "core/kernel/drivers/keyboard.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/drivers/uart.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/proc/timers.h"

namespace lucid::kernel {

Preemption preemption = Preemption::voluntary;
u32 preempt_count = 0, noted_interrupts = 0;
Task* kernel_owner = nullptr;
bool others_wait_for_kernel = false;

namespace {

void serve(u32 irq) {
  if (irq == timer_irq) return timer_work();
  if (irq == keyboard_irq) return keyboard_interrupt();
  if (irq == ata_irq) return ata_interrupt();
  for (u32 line = 0; line < uart_count; line++)
    if (irq == abi::uart_irqs[line]) uart_interrupt(line);
}

}  // namespace

void wait_for_kernel() {
  while (kernel_owner && kernel_owner != current) {
    others_wait_for_kernel = true;
    lend_turn(*kernel_owner);
  }
}

void call_those_who_wait() {
  want_reschedule(SwitchReason::outranked);
  others_wait_for_kernel = false;
}

void do_interrupt_work() {
  preempt_disable();
  bury_tasks();
  while (noted_interrupts) {
    u32 irq = static_cast<u32>(__builtin_ctz(noted_interrupts));
    noted_interrupts &= ~(1u << irq);
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
