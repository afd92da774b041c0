// SPDX-License-Identifier: MIT
// Hardware task switches of legacy protected mode (SDM vol. 3, ch. 7): between 32- and 16-bit TSSs, by JMP, CALL,
// IRET with NT, and through task gates.
//
// A switch has a commit point. What is wrong before it (descriptor of the TSS, its size, pages that are not there) is a
// fault of the old task, and the instruction restarts. What is wrong after it (selectors and EIP in the new TSS) is a
// fault of the new task before its first instruction: Core::fault_follows.
#pragma once
#include "core/cpu/segments.h"

namespace lucid::cpu {

enum class SwitchBy : u8 { jump, call, iret, event };  // event: an interrupt or exception through a task gate

struct TaskSwitch {
  u16 selector = 0;  // of the TSS
  SwitchBy by = SwitchBy::jump;
  u64 return_ip = 0;  // where the old task goes on
  u64 flags = 0;      // RFLAGS as the old task keeps them
  u32 ext = 0;        // 1 in delivering an event from outside the program
  bool has_error = false;
  u32 error = 0;  // pushed onto the new task's stack
};

/// False = a fault of the old task is pending and nothing was changed.
bool switch_task(Core& c, const TaskSwitch& request);

/// IRET with NT set: back to the task that the link of the present TSS names.
bool return_to_linked_task(Core& c, u64 return_ip);

/// The task gate `d`; the caller has checked its privilege and presence.
inline u16 task_of(const Descriptor& gate) { return static_cast<u16>(gate.low >> 16); }

}  // namespace lucid::cpu
