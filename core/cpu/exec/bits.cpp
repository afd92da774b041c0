// SPDX-License-Identifier: MIT
#include "core/cpu/exec/bits.h"

namespace lucid::cpu::exec {

/// T is a pair of registers of type Half: rDX:rAX is compared, rCX:rBX stored.
template <typename T, typename Half>
static Flow compare_exchange_pair(Core& c, const MicroOp& op) {
  constexpr unsigned bits = 8 * sizeof(Half);
  const auto pair = [&](Reg high, Reg low) {
    return static_cast<T>(T{c.get<Half>(slot_of(high))} << bits | c.get<Half>(slot_of(low)));
  };
  const T expected = pair(rdx, rax), replacement = pair(rcx, rbx);
  const auto change = [&](T old) {
    c.flags.zero_source = old != expected;
    if (old == expected) return replacement;
    c.set<Half>(slot_of(rax), static_cast<Half>(old));
    c.set<Half>(slot_of(rdx), static_cast<Half>(old >> bits));
    return old;
  };
  return modify<T>(c, op, change) ? Flow::next : Flow::fault;
}

Flow cmpxchg8b(Core& c, const MicroOp& op) { return compare_exchange_pair<u64, u32>(c, op); }

Flow cmpxchg16b(Core& c, const MicroOp& op) {
  if (address(c, op) % 16 != 0) return c.general_protection();
  return compare_exchange_pair<u128, u64>(c, op);
}

}  // namespace lucid::cpu::exec
