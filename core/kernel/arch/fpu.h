// SPDX-License-Identifier: MIT
// x87 and SSE registers of a task, in FXSAVE's format (SDM vol. 1, 10.5), and its segment registers.
#pragma once
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

constexpr u64 fpu_state_size = 512;

inline void save_fpu(u8* state) { asm volatile("fxsaveq (%0)" ::"r"(state) : "memory"); }
inline void load_fpu(const u8* state) { asm volatile("fxrstorq (%0)" ::"r"(state)); }

/// What a new program finds: everything masked, 64-bit precision, registers zero.
inline void init_fpu(u8* state) {
  memset(state, 0, fpu_state_size);
  *reinterpret_cast<u16*>(state) = 0x37f;        // FCW
  *reinterpret_cast<u32*>(state + 24) = 0x1f80;  // MXCSR
}

/// User FS and GS bases live in `Task` (only arch_prctl changes them); selectors can be loaded by anyone.
void save_segments(Task& task);
/// The bases are written only where they differ from `loaded`'s: null = whatever they are.
void load_segments(const Task& task, const Task* loaded = nullptr);

}  // namespace lucid::kernel
