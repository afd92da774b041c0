// SPDX-License-Identifier: MIT
// How far a step goes.
#pragma once
#include "core/trace/event.h"

namespace lucid::session {

enum class Grain : u8 {
  instruction,     // one instruction, or the delivery of one fault or interrupt
  system_call,     // a SYSCALL was executed
  fault,           // an exception was raised
  interrupt,       // an interrupt was delivered
  context_switch,  // the kernel switched to another task
  process,         // fork, exec, exit, reaping
};

/// The events that a step of this grain goes to; empty for those that are not events.
trace::KindSet kinds_of(Grain grain);

}  // namespace lucid::session
