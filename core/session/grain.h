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
  // Of the thread that runs now: other tasks, and the kernel's work on a program's system calls, faults and
  // interrupts, pass as one. Seen from inside the kernel, interrupts of it do.
  line,             // a source line begins, in a function called or returned to, too
  line_over,        // the same, with calls as one
  out,              // on to where the present function returns; back to where it was called
  function_return,  // a function returned, at any depth
};

/// The events that a step of this grain goes to; empty for those that are not events.
trace::KindSet kinds_of(Grain grain);
/// line and those below it.
bool moves_by_lines(Grain grain);

}  // namespace lucid::session
