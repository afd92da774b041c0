// SPDX-License-Identifier: MIT
// What the interpreter executes: an instruction decoded once into one (rarely two) MicroOps.
//
// To add an instruction family:
//   1. exec/<family>.h    handlers: `LUCID_HANDLER Flow name(Core& c, const MicroOp& op)`, 1–8 lines each, small ones
//                         inline, big ones only declared here and defined in exec/<family>.cpp without LUCID_HANDLER.
//   2. exec/<family>.def  one line per micro-operation: OP(name, handler). Listed in ops.def; the enum Op and the loop
//                         are generated from it. A family over the four widths keeps them in the order 8, 16, 32, 64.
//   3. translate/<family>.def  one line per Zydis mnemonic: INSN(MNEMONIC, function, Op argument), listed in
//                         translate/mnemonics.def; and translate/<family>.cpp with the function,
//                         `bool function(Builder&, Op)`, which emits the micro-operations or returns false: #UD.
//   4. A test in tests/unit.
//
// A handler: reads operands (c.get<T>(op.src), load<T>(c, op, address(c, op), value)), computes, writes
// (c.set<T>(op.dst, v), store<T>, modify<T>), returns Flow::next. load/store/modify return false when the access
// faults: return Flow::fault at once. Everything that may fault comes before the first architectural write (registers,
// flags, memory).
#pragma once
#include "core/base/types.h"

namespace lucid::cpu {

enum class Op : u16 {
#define OP(name, ...) name,
#include "core/cpu/ops.def"
#undef OP
  count
};

/// The operation for a width of 8, 16, 32 or 64 bits in a family that starts at the one for 8.
constexpr Op sized(Op first, unsigned bits) {
  const unsigned step = bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
  return static_cast<Op>(static_cast<unsigned>(first) + step);
}
constexpr Op offset(Op first, unsigned by) { return static_cast<Op>(static_cast<unsigned>(first) + by); }

/// Byte offset into Core::r, so that AH..BH need no case of their own.
using Slot = u8;
constexpr Slot slot_of(unsigned index) { return static_cast<Slot>(index * 8); }
constexpr unsigned register_slots = 22;
constexpr Slot slot_zero = slot_of(16);     // always 0: no base, no index
constexpr Slot slot_page = slot_of(17);     // RIP of the start of the page that the block lies in
constexpr Slot slot_fs_base = slot_of(18);  // segment bases, for 64-bit code
constexpr Slot slot_gs_base = slot_of(19);
constexpr Slot slot_address = slot_of(20);  // a linear address prepared by the micro-operation before
constexpr Slot slot_temp = slot_of(21);     // an operand fetched by the micro-operation before

struct MicroOp {
  Op op;
  u16 ip;         // where the instruction starts, from the start of its page
  u8 number;      // instructions of the block before this one
  u8 length;      // of the instruction, in bytes
  Slot dst, src;  // general registers; XMM and ST operands by number
  // linear address = r[base] + (r[index] << scale) + disp
  Slot base, index;
  u8 scale;
  bool stack_segment;  // a non-canonical or out-of-limit address raises #SS, not #GP
  i32 disp;
  u64 imm;   // immediate; for direct branches the target, relative to the start of the page
  Op plain;  // of a fused pair: the first instruction alone
  u8 width;  // free for the family: operand size, condition, register …
  u8 extra;
  u32 extra32;
};
static_assert(sizeof(MicroOp) == 32);

/// What the loop does after a micro-operation.
enum class Flow : u8 {
  next,       // the next micro-operation
  fault,      // Core::fault is set; the instruction had no effect
  taken,      // end of block: the direct target in op.imm
  not_taken,  // end of block: the next instruction
  branch,     // end of block: Core::rip was set
  exit,       // end of block: Core::rip was set, and something changed that the run loop must look at
  stop,       // this instruction was not executed: leave before it
};

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define LUCID_HANDLER inline
#define LUCID_INLINE inline
#else
#define LUCID_HANDLER inline __attribute__((always_inline))
#define LUCID_INLINE inline __attribute__((always_inline))
#endif
#define LUCID_LIKELY(x) __builtin_expect(!!(x), 1)
#define LUCID_UNLIKELY(x) __builtin_expect(!!(x), 0)

}  // namespace lucid::cpu
