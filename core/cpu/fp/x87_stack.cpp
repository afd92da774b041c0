// SPDX-License-Identifier: MIT
#include "core/cpu/fp/x87_stack.h"

namespace lucid::cpu::fp {

void initialize(X87& x) {
  x.control = 0x037f;
  x.status = 0;
  x.tag = 0xffff;
  x.opcode = 0;
  x.instruction_pointer = x.data_pointer = 0;
  x.instruction_selector = x.data_selector = 0;
}

namespace {

unsigned class_of(const F80& value) {
  const u16 exponent = value.sign_exponent & 0x7fff;
  if (exponent == 0 && value.mantissa == 0) return 1;
  const bool ordinary = exponent != 0 && exponent != 0x7fff && (value.mantissa & integer_bit);
  return ordinary ? 0 : 2;
}

}  // namespace

u16 tag_word(const X87& x) {
  u16 word = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const bool empty = (x.tag >> (2 * i) & 3) == 3;
    word |= static_cast<u16>((empty ? 3 : class_of(x.reg[i])) << (2 * i));
  }
  return word;
}

u16 tag_word_from(u16 stored) {
  u16 word = 0;
  for (unsigned i = 0; i < 16; i += 2)
    if ((stored >> i & 3) == 3) word |= static_cast<u16>(3 << i);
  return word;
}

bool conclude(X87& x, const Env& env) {
  x.status = static_cast<u16>((x.status & ~x87::c1) | env.raised | (env.rounded_up ? x87::c1 : 0));
  update_summary(x);
  return !env.stopped();
}

bool stack_fault(X87& x, StackFault which) {
  x.status = static_cast<u16>((x.status & ~x87::c1) | invalid | x87::stack_fault |
                              (which == StackFault::overflow ? x87::c1 : 0));
  update_summary(x);
  return x.control & invalid;
}

F80 indefinite_bits() { return {u64{3} << 62, 0xffff}; }

}  // namespace lucid::cpu::fp
