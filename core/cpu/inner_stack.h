// SPDX-License-Identifier: MIT
// The stack of an inner privilege, as gates of every kind switch to it (SDM vol. 3, 5.8.5 and 6.12.1):
// it is filled before anything is switched, so that a fault on the way changes no register.
#pragma once
#include "core/cpu/segments.h"

namespace lucid::cpu {

struct StackPointer {
  Segment segment;
  u64 pointer = 0;
};

/// From the TSS: RSP0..2 of a 64-bit one with a null SS, SS:ESP of a 32-bit one, SS:SP of a 16-bit one. False with
/// #TS, #SS or #PF pending.
bool inner_stack(Core& c, unsigned cpl, u32 ext, StackPointer& out);
/// RSP of the interrupt stack table, 1..7.
bool interrupt_stack(Core& c, unsigned index, u32 ext, u64& out);

/// Pushes onto a stack that is not, or not yet, the present one.
class FrameWriter {
 public:
  /// `error` is that of #SS when there is no room.
  FrameWriter(Core& c, const StackPointer& stack, unsigned cpl, u32 error);
  bool push(u64 value, unsigned bytes);
  u64 pointer() const { return pointer_; }

 private:
  Core& c_;
  Segment segment_;
  u64 pointer_, mask_;
  unsigned cpl_;
  u32 error_;
};

}  // namespace lucid::cpu
