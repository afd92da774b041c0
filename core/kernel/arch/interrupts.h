// SPDX-License-Identifier: MIT
// Interrupts off for a while: RFLAGS.IF as it was comes back at the end.
#pragma once
#include "core/kernel/arch/cpu.h"

namespace lucid::kernel {

inline bool interrupts_enabled() {
  u64 flags;
  asm volatile("pushfq; pop %0" : "=r"(flags)::"memory");
  return flags & rflags::interrupt;
}
inline void enable_interrupts() { asm volatile("sti" ::: "memory"); }

class InterruptsOff {
 public:
  InterruptsOff() : were_on_(interrupts_enabled()) { disable_interrupts(); }
  ~InterruptsOff() {
    if (were_on_) enable_interrupts();
  }
  InterruptsOff(const InterruptsOff&) = delete;

 private:
  bool were_on_;
};

}  // namespace lucid::kernel
