// SPDX-License-Identifier: MIT
// Shifts and rotates. A masked count of zero changes nothing, flags included.
// Undefined by the SDM and chosen as Intel processors do (undefined.md): whatever the count, OF
// is what a shift of the same operand by one would give; AF is cleared by shifts.
#pragma once
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {

template <typename T>
constexpr unsigned bits_of = 8 * sizeof(T);
template <typename T>
constexpr bool top_bit(T value) {
  return value >> (bits_of<T> - 1) & 1;
}
template <typename T>
constexpr bool second_bit(T value) {
  return value >> (bits_of<T> - 2) & 1;
}

struct Shl {
  template <typename T>
  static T apply(Flags& f, T a, unsigned count) {
    const u64 wide = u64{a} << count;
    const bool carry = sizeof(T) == 8 ? u64{a} >> (64 - count) & 1 : wide >> (bits_of<T> % 64) & 1;
    const T r = static_cast<T>(wide);
    f.set_result(r);
    f.set_carries(carry, top_bit(a) != second_bit(a), false);
    return r;
  }
};
struct Shr {
  template <typename T>
  static T apply(Flags& f, T a, unsigned count) {
    const T r = static_cast<T>(u64{a} >> count);
    f.set_result(r);
    f.set_carries(u64{a} >> (count - 1) & 1, top_bit(a), false);
    return r;
  }
};
struct Sar {
  template <typename T>
  static T apply(Flags& f, T a, unsigned count) {
    const i64 wide = static_cast<i64>(sign_extend(a));
    const T r = static_cast<T>(wide >> count);
    f.set_result(r);
    f.set_carries(wide >> (count - 1) & 1, false, false);
    return r;
  }
};
struct Rol {
  template <typename T>
  static T apply(Flags& f, T a, unsigned count) {
    const unsigned by = count % bits_of<T>;
    const T r = by == 0 ? a : static_cast<T>(a << by | a >> (bits_of<T> - by));
    f.set_carries(r & 1, top_bit(a) != second_bit(a), f.af());
    return r;
  }
};
struct Ror {
  template <typename T>
  static T apply(Flags& f, T a, unsigned count) {
    const unsigned by = count % bits_of<T>;
    const T r = by == 0 ? a : static_cast<T>(a >> by | a << (bits_of<T> - by));
    f.set_carries(top_bit(r), (a & 1) != top_bit(a), f.af());
    return r;
  }
};
/// Rotates through CF: an operand of one bit more.
struct Rcl {
  template <typename T>
  static T apply(Flags& f, T a, unsigned count) {
    const unsigned by = count % (bits_of<T> + 1);
    if (by == 0) return a;
    const u128 whole = u128{f.cf()} << bits_of<T> | a;
    const u128 turned = whole << by | whole >> (bits_of<T> + 1 - by);
    const T r = static_cast<T>(turned);
    const bool carry = static_cast<u64>(turned >> bits_of<T>) & 1;
    f.set_carries(carry, top_bit(a) != second_bit(a), f.af());
    return r;
  }
};
struct Rcr {
  template <typename T>
  static T apply(Flags& f, T a, unsigned count) {
    const unsigned by = count % (bits_of<T> + 1);
    if (by == 0) return a;
    const u128 whole = u128{f.cf()} << bits_of<T> | a;
    const u128 turned = whole >> by | whole << (bits_of<T> + 1 - by);
    const T r = static_cast<T>(turned);
    f.set_carries(static_cast<u64>(turned >> bits_of<T>) & 1, f.cf() != top_bit(a), f.af());
    return r;
  }
};

template <typename T>
LUCID_INLINE unsigned masked_count(u64 count) {
  return static_cast<unsigned>(count) & (sizeof(T) == 8 ? 63 : 31);
}

/// ROL and ROR of a register by a constant above one leave OF alone, as on Intel processors.
template <typename F>
constexpr bool keeps_overflow = std::is_same_v<F, Rol> || std::is_same_v<F, Ror>;

template <typename F, typename T>
LUCID_HANDLER Flow shift_ri(Core& c, const MicroOp& op) {  // imm is masked and not zero
  const bool overflow = c.flags.of();
  c.set<T>(op.dst, F::template apply<T>(c.flags, c.get<T>(op.dst), static_cast<unsigned>(op.imm)));
  if (keeps_overflow<F> && op.imm != 1) c.flags.set_carries(c.flags.cf(), overflow, c.flags.af());
  return Flow::next;
}
/// By CL. A 32-bit shift by zero still clears the upper half.
template <typename F, typename T>
LUCID_HANDLER Flow shift_rc(Core& c, const MicroOp& op) {
  const unsigned count = masked_count<T>(c.r[rcx]);
  const T a = c.get<T>(op.dst);
  c.set<T>(op.dst, count == 0 ? a : F::template apply<T>(c.flags, a, count));
  return Flow::next;
}
template <typename F, typename T>
LUCID_HANDLER Flow shift_mi(Core& c, const MicroOp& op) {
  const unsigned count = static_cast<unsigned>(op.imm);
  return modify<T>(c, op, [&](T a) { return F::template apply<T>(c.flags, a, count); }) ? Flow::next : Flow::fault;
}
template <typename F, typename T>
LUCID_HANDLER Flow shift_mc(Core& c, const MicroOp& op) {
  const unsigned count = masked_count<T>(c.r[rcx]);
  const auto change = [&](T a) { return count == 0 ? a : F::template apply<T>(c.flags, a, count); };
  return modify<T>(c, op, change) ? Flow::next : Flow::fault;
}

/// SHLD and SHRD. With 16-bit operands and a count above 16 Intel processors shift dst:src:dst.
struct Shld {
  template <typename T>
  static T apply(Flags& f, T a, T b, unsigned count) {
    const u128 whole = u128{a} << (2 * bits_of<T> % 128) | u128{b} << bits_of<T> | a;
    const T r =
        sizeof(T) == 2 ? static_cast<T>(whole << count >> 32) : static_cast<T>(a << count | b >> (bits_of<T> - count));
    const bool carry = sizeof(T) == 2 ? static_cast<u64>(whole << count >> 48) & 1 : a >> (bits_of<T> - count) & 1;
    f.set_result(r);
    f.set_carries(carry, top_bit(a) != second_bit(a), false);
    return r;
  }
};
struct Shrd {
  template <typename T>
  static T apply(Flags& f, T a, T b, unsigned count) {
    const u128 whole = u128{a} << (2 * bits_of<T> % 128) | u128{b} << bits_of<T> | a;
    const T r =
        sizeof(T) == 2 ? static_cast<T>(whole >> count) : static_cast<T>(a >> count | b << (bits_of<T> - count));
    const bool carry = sizeof(T) == 2 ? static_cast<u64>(whole >> (count - 1)) & 1 : a >> (count - 1) & 1;
    f.set_result(r);
    f.set_carries(carry, (b & 1) != top_bit(a), false);
    return r;
  }
};

template <typename T>
LUCID_INLINE unsigned double_count(const Core& c, const MicroOp& op) {
  return masked_count<T>(op.extra != 0 ? c.r[rcx] : op.imm);
}
template <typename F, typename T>
LUCID_HANDLER Flow double_shift_r(Core& c, const MicroOp& op) {
  const unsigned count = double_count<T>(c, op);
  const T a = c.get<T>(op.dst);
  c.set<T>(op.dst, count == 0 ? a : F::template apply<T>(c.flags, a, c.get<T>(op.src), count));
  return Flow::next;
}
template <typename F, typename T>
LUCID_HANDLER Flow double_shift_m(Core& c, const MicroOp& op) {
  const unsigned count = double_count<T>(c, op);
  const T b = c.get<T>(op.src);
  const auto change = [&](T a) { return count == 0 ? a : F::template apply<T>(c.flags, a, b, count); };
  return modify<T>(c, op, change) ? Flow::next : Flow::fault;
}

}  // namespace lucid::cpu::exec
