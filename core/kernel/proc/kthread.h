// SPDX-License-Identifier: MIT
// Kernel threads: processes that run a function of the kernel and nothing else. They have no files and no address
// space (each borrows the one that happens to be loaded) and ignore all signals. kthreadd, PID 2, makes them on
// request, so that none inherits anything from the process on whose behalf the kernel asked.
#pragma once
#include "core/kernel/proc/wait_queue.h"

namespace lucid::kernel {

/// What kthreadd is asked to start; lives for ever.
struct KernelThread {
  const char* name;
  void (*function)(u64);
  u64 argument = 0;
  KernelThread* next = nullptr;
};

void start_kernel_thread(KernelThread& wanted);
/// The function of PID 2.
void kthreadd(u64);
/// Makes the running task's process deaf to signals, as kernel threads are.
void ignore_all_signals();

}  // namespace lucid::kernel
