// SPDX-License-Identifier: MIT
#include "core/kernel/proc/kthread.h"

#include "core/kernel/lib/log.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/fork.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {
namespace {

KernelThread* wanted_threads;
WaitQueue work;

void run_thread(u64 address) {
  const KernelThread& self = *reinterpret_cast<const KernelThread*>(address);
  ignore_all_signals();
  self.function(self.argument);
  exit_task(0);
}

void start(KernelThread& wanted) {
  Result<Task*> made = make_kernel_task(wanted.name, run_thread, reinterpret_cast<u64>(&wanted));
  if (!made.ok()) {
    log_always("No memory for the kernel thread %s", wanted.name);
    return;
  }
  made.value()->parent = current;
  make_ready(*made.value());
}

}  // namespace

void ignore_all_signals() {
  for (SignalAction& action : current->group->actions->of) action.handler = sig::ignore_handler;
}

void start_kernel_thread(KernelThread& wanted) {
  KernelThread** last = &wanted_threads;
  while (*last) last = &(*last)->next;
  *last = &wanted;
  work.wake_all();
}

void kthreadd(u64) {
  ignore_all_signals();
  for (;;) {
    while (KernelThread* wanted = wanted_threads) {
      wanted_threads = wanted->next;
      start(*wanted);
    }
    sleep_uninterrupted(work, WaitReason::other);
  }
}

}  // namespace lucid::kernel
