// SPDX-License-Identifier: MIT
// Bit tests and scans, POPCNT, CRC32, CMPXCHG, XADD, CMPXCHG8B/16B.
#pragma once
#include "core/cpu/exec/alu.h"
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

// BT BTS BTR BTC set CF only.
struct BitTest {
  template <typename T>
  static T apply(T a, T) {
    return a;
  }
};
struct BitSet {
  template <typename T>
  static T apply(T a, T bit) {
    return a | bit;
  }
};
struct BitReset {
  template <typename T>
  static T apply(T a, T bit) {
    return a & static_cast<T>(~bit);
  }
};
struct BitFlip {
  template <typename T>
  static T apply(T a, T bit) {
    return a ^ bit;
  }
};

template <typename F, typename T>
LUCID_INLINE T change_bit(Flags& f, T a, u64 index) {
  const T bit = static_cast<T>(T{1} << (index % (8 * sizeof(T))));
  f.set_cf(a & bit);
  return F::template apply<T>(a, bit);
}
/// The index is an immediate or a register (extra).
template <typename F, typename T>
LUCID_HANDLER Flow bit_r(Core& c, const MicroOp& op) {
  const u64 index = op.extra ? c.get<T>(op.src) : op.imm;
  const T r = change_bit<F, T>(c.flags, c.get<T>(op.dst), index);
  if constexpr (!std::is_same_v<F, BitTest>) c.set<T>(op.dst, r);
  return Flow::next;
}
/// A bit string in memory: a register index reaches beyond the operand, either way (extra32: the
/// address already counts that).
template <typename F, typename T>
LUCID_HANDLER Flow bit_m(Core& c, const MicroOp& op) {
  u64 at = address(c, op);
  u64 index = op.imm;
  if (op.extra) {
    index = c.get<T>(op.src);
  }
  if (op.extra && !op.extra32) {
    const i64 element = static_cast<i64>(sign_extend(static_cast<T>(index))) >> (sizeof(T) == 8   ? 6
                                                                                 : sizeof(T) == 4 ? 5
                                                                                                  : 4);
    const u64 distance = static_cast<u64>(element) * sizeof(T);
    at += distance;
    // With 32-bit addresses the sum wraps before the segment base (the index slot) is added.
    if (op.width == 32) at = static_cast<u32>(c.get<u64>(op.base) + distance) + c.get<u64>(op.index);
  }
  if constexpr (std::is_same_v<F, BitTest>) {
    T value;
    if (!load<T>(c, at, value, segment_fault(op))) return Flow::fault;
    change_bit<F, T>(c.flags, value, index);
    return Flow::next;
  } else {
    const auto change = [&](T a) { return change_bit<F, T>(c.flags, a, index); };
    return modify_at<T>(c, at, segment_fault(op), change) ? Flow::next : Flow::fault;
  }
}

/// With a zero source the destination stays as it is, as on every x86-64 processor. PF follows the
/// index and the other flags but ZF are clear, as on Intel's (undefined.md).
LUCID_INLINE void scan_flags(Flags& f, u64 value, u64 index) {
  f.zero_source = value;
  f.sign_source = index;
  f.carries = 0;
}
template <typename T>
LUCID_HANDLER Flow bsf(Core& c, const MicroOp& op) {
  const T value = c.get<T>(op.src);
  const unsigned index = value == 0 ? 0 : static_cast<unsigned>(__builtin_ctzll(value));
  if (value != 0) c.set<T>(op.dst, static_cast<T>(index));
  scan_flags(c.flags, value, index);
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow bsr(Core& c, const MicroOp& op) {
  const T value = c.get<T>(op.src);
  const unsigned index = value == 0 ? 0 : static_cast<unsigned>(63 - __builtin_clzll(value));
  if (value != 0) c.set<T>(op.dst, static_cast<T>(index));
  scan_flags(c.flags, value, index);
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow popcnt(Core& c, const MicroOp& op) {
  const T value = c.get<T>(op.src);
  c.set<T>(op.dst, static_cast<T>(__builtin_popcountll(value)));
  c.flags.set_carries(false, false, false);
  c.flags.sign_source = 1;
  c.flags.zero_source = value;
  return Flow::next;
}

/// CRC-32C, polynomial 0x11edc6f41 reflected.
template <typename T>
Flow crc32(Core& c, const MicroOp& op) {
  u64 value = c.get<T>(op.src);
  u32 crc = c.get<u32>(op.dst);
  for (unsigned i = 0; i < sizeof(T); ++i, value >>= 8) {
    crc ^= static_cast<u8>(value);
    for (unsigned bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0u);
  }
  c.set<u64>(op.dst, crc);
  return Flow::next;
}

/// The destination is written in either case; a 32-bit accumulator is cleared above only when loaded.
template <typename T>
LUCID_INLINE T compare_exchange(Core& c, T old, T replacement) {
  const T expected = c.get<T>(slot_of(rax));
  Sub::apply<T>(c.flags, expected, old);
  if (expected == old) return replacement;
  c.set<T>(slot_of(rax), old);
  return old;
}
template <typename T>
LUCID_HANDLER Flow cmpxchg_rr(Core& c, const MicroOp& op) {
  const T old = c.get<T>(op.dst);
  const T expected = c.get<T>(slot_of(rax));
  Sub::apply<T>(c.flags, expected, old);
  if (expected == old)
    c.set<T>(op.dst, c.get<T>(op.src));
  else
    c.set<T>(slot_of(rax), old);
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow cmpxchg_mr(Core& c, const MicroOp& op) {
  const T replacement = c.get<T>(op.src);
  return modify<T>(c, op, [&](T old) { return compare_exchange<T>(c, old, replacement); }) ? Flow::next : Flow::fault;
}

template <typename T>
LUCID_HANDLER Flow xadd_rr(Core& c, const MicroOp& op) {
  const T a = c.get<T>(op.dst), b = c.get<T>(op.src);
  const T sum = Add::apply<T>(c.flags, a, b);
  c.set<T>(op.src, a);
  c.set<T>(op.dst, sum);
  return Flow::next;
}
template <typename T>
LUCID_HANDLER Flow xadd_mr(Core& c, const MicroOp& op) {
  const auto change = [&](T old) {
    const T sum = Add::apply<T>(c.flags, old, c.get<T>(op.src));
    c.set<T>(op.src, old);
    return sum;
  };
  return modify<T>(c, op, change) ? Flow::next : Flow::fault;
}

Flow cmpxchg8b(Core& c, const MicroOp& op);
Flow cmpxchg16b(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
