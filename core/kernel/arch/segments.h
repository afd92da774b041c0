// SPDX-License-Identifier: MIT
// GDT and TSS (SDM vol. 3, 3.4.5 and 8.7), and the block of per-processor data at GS.
#pragma once
#include "core/kernel/arch/offsets.h"
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// At GS base while in the kernel; SWAPGS trades it for the user's. There is one processor.
struct PerCpu {
  u64 kernel_stack;  // top of the running task's kernel stack, for SYSCALL
  u64 user_stack;    // scratch of SYSCALL's entry
};
static_assert(offsetof(PerCpu, kernel_stack) == CPU_KERNEL_STACK && offsetof(PerCpu, user_stack) == CPU_USER_STACK);

void setup_segments();
/// Where the processor puts the trap frame when it comes from ring 3.
void set_kernel_stack(u64 top);

}  // namespace lucid::kernel
