// SPDX-License-Identifier: MIT
// The event that says how a return to user code was made.
#pragma once
#include "core/cpu/log.h"

namespace lucid::cpu::exec {

enum class Entry : u8 { syscall = 0, sysenter = 1, interrupt = 2 };

inline void log_return(Core& c, const MicroOp& op, Entry entry) {
  if (c.cpl() != 3) return;
  c.sync_clock(op);
  log(c, trace::Kind::returned_to_user, c.r[rax], c.rip, c.r[rsp], static_cast<u64>(entry));
}

}  // namespace lucid::cpu::exec
