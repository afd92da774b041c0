// SPDX-License-Identifier: MIT
#include "core/kernel/mm/kswapd.h"

#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/proc/kthread.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {
namespace {

WaitQueue low_memory;

void kswapd(u64) {
  for (;;) {
    sleep_uninterrupted(low_memory, WaitReason::other);
    u64 high = watermarks().high, free = free_frames();
    if (free < high) (void)reclaim(high - free, 2);
  }
}

KernelThread thread{"kswapd0", kswapd};

}  // namespace

void start_kswapd() { start_kernel_thread(thread); }
void wake_kswapd() {
  if (!low_memory.empty()) low_memory.wake_all();
}

}  // namespace lucid::kernel
