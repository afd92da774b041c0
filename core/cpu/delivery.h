// SPDX-License-Identifier: MIT
// One interrupt or exception through its gate, in every mode: vector table, descriptor, stack, frame.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu {

enum class Source : u8 { exception, external, software };

struct Request {
  u8 vector = 0;
  Source source = Source::exception;
  bool has_error = false;
  u32 error = 0;
  u64 return_ip = 0;
  u64 pushed_flags = 0;

  /// EXT of the error codes that delivering may raise: the program did not ask for this.
  u32 ext() const { return source == Source::software ? 0 : 1; }
};

/// False = Core::fault is set and no register was changed. Through a task gate it may also be true with
/// Core::fault_follows.
bool deliver(Core& c, const Request& request);

}  // namespace lucid::cpu
