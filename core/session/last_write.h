// SPDX-License-Identifier: MIT
// "When did this change last?": questions and answers.
#pragma once
#include <variant>

#include "core/session/moment.h"
#include "core/session/register_name.h"

namespace lucid::session {

/// Where a search backwards ends: with the instruction that was looked for done, or due.
enum class AccessSide : u8 { after, before };

/// A register that got another value, as seen by the process and privilege that are in charge now:
/// what others leave in it meanwhile, and is put back, does not count.
struct WrittenRegister {
  RegisterName name;
};
/// Bytes of a process (0 = of the present address space). The RAM that they lie in now is looked at:
/// copies made for the process by the kernel count.
struct WrittenMemory {
  u32 pid = 0;
  Gva address;
  u64 bytes = 1;
};
struct WrittenRam {
  Gpa address;
  u64 bytes = 1;
};
/// The last entry that the page walk for an address reads; A and D bits set by walks count.
struct WrittenEntry {
  u32 pid = 0;
  Gva address;
};
using Written = std::variant<WrittenRegister, WrittenMemory, WrittenRam, WrittenEntry>;

struct LastWrite {
  Moment before, after;
  bool by_command = false;  // a poke from outside, at `before`, and no instruction
};

}  // namespace lucid::session
