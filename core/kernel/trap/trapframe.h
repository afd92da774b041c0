// SPDX-License-Identifier: MIT
// The user's (or interrupted kernel's) registers as entry.S pushes them: lowest address first. For a
// task in the kernel its user frame lies at the very top of its kernel stack.
#pragma once
#include "core/kernel/arch/offsets.h"
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

struct TrapFrame {
  u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
  u64 vector;                    // of the interrupt or exception; syscall_vector for SYSCALL
  u64 error;                     // error code, or the number of the system call (for restarts)
  u64 rip, cs, rflags, rsp, ss;  // what IRETQ takes

  bool from_user() const { return (cs & 3) == 3; }
};
static_assert(offsetof(TrapFrame, rax) == FRAME_RAX);
static_assert(offsetof(TrapFrame, vector) == FRAME_VECTOR);
static_assert(offsetof(TrapFrame, rip) == FRAME_RIP);
static_assert(offsetof(TrapFrame, cs) == FRAME_CS);
static_assert(offsetof(TrapFrame, rflags) == FRAME_FLAGS);
static_assert(sizeof(TrapFrame) == FRAME_SIZE);

constexpr u64 syscall_vector = 0x100, legacy_syscall_vector = 0x80;
/// Was the kernel asked for something? Then `error` holds the number.
inline bool is_system_call(const TrapFrame& f) {
  return f.vector == syscall_vector || f.vector == legacy_syscall_vector;
}

}  // namespace lucid::kernel
