// SPDX-License-Identifier: MIT
// The x87 registers as a stack, with tags, status word and exception summary (SDM vol. 1, 8.1).
// Of a tag only "empty" (3) against "in use" (0) is kept; tag_word() tells the finer classes from the contents.
#pragma once
#include "core/cpu/fp/unpacked.h"
#include "core/cpu/fp/x87_math.h"
#include "core/cpu/state.h"

namespace lucid::cpu::fp {

namespace x87 {
constexpr u16 stack_fault = 1 << 6, summary = 1 << 7, busy = 1 << 15;
constexpr u16 c0 = 1 << 8, c1 = 1 << 9, c2 = 1 << 10, c3 = 1 << 14;
constexpr u16 conditions = c0 | c1 | c2 | c3;
constexpr unsigned top_shift = 11;
constexpr u16 top_mask = 7 << top_shift;
constexpr u16 control_bits = 0x1f3f, control_fixed = 0x40;  // bit 6 reads as one
}  // namespace x87

inline unsigned top(const X87& x) { return x.status >> x87::top_shift & 7; }
inline void set_top(X87& x, unsigned value) {
  x.status = static_cast<u16>((x.status & ~x87::top_mask) | (value & 7) << x87::top_shift);
}
inline unsigned physical(const X87& x, unsigned i) { return (top(x) + i) & 7; }

inline F80& st(X87& x, unsigned i) { return x.reg[physical(x, i)]; }
inline const F80& st(const X87& x, unsigned i) { return x.reg[physical(x, i)]; }

inline bool is_empty(const X87& x, unsigned i) { return (x.tag >> (2 * physical(x, i)) & 3) == 3; }
inline void set_empty(X87& x, unsigned i) { x.tag |= static_cast<u16>(3 << (2 * physical(x, i))); }
inline void set_used(X87& x, unsigned i) { x.tag &= static_cast<u16>(~(3 << (2 * physical(x, i)))); }

inline void pop(X87& x) {
  set_empty(x, 0);
  set_top(x, top(x) + 1);
}

/// ES and B mirror whether an unmasked exception is flagged.
inline void update_summary(X87& x) {
  const bool pending = x.status & ~x.control & 0x3f;
  x.status = static_cast<u16>((x.status & ~(x87::summary | x87::busy)) | (pending ? x87::summary | x87::busy : 0));
}
inline void set_control(X87& x, u16 value) {
  x.control = static_cast<u16>((value & x87::control_bits) | x87::control_fixed);
  update_summary(x);
}
inline void set_conditions(X87& x, u16 mask, u16 value) { x.status = static_cast<u16>((x.status & ~mask) | value); }

/// FNINIT; registers and pointers keep what the SDM lets them keep.
void initialize(X87& x);
/// With all four classes, as FNSTENV stores it.
u16 tag_word(const X87& x);
u16 tag_word_from(u16 stored);

/// Records the exceptions of an operation in the status word, C1 from its rounding.
/// False: an unmasked exception of its operands; nothing else may change.
bool conclude(X87& x, const Env& env);

enum class StackFault : u8 { underflow, overflow };
/// Records a stack fault. False if it is unmasked: nothing else may change; otherwise the result is indefinite.
bool stack_fault(X87& x, StackFault which);

F80 indefinite_bits();

}  // namespace lucid::cpu::fp
