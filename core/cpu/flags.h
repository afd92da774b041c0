// SPDX-License-Identifier: MIT
// Lazy arithmetic flags behind eager accessors. An operation stores its result and its carries;
// a flag is derived when somebody asks.
//
//   ZF = zero_source == 0        SF = bit 63 of sign_source       PF = even parity of its low byte
//   carries:  63  62  ........  3 ........       CF = bit 63   OF = bit 63 ^ bit 62   AF = bit 3
//
// The carries of an operation of width w are its carry-out bits, kept twice: in place (for AF) and
// shifted so that the topmost is bit 63. zero_source and sign_source are the sign-extended result;
// they differ only when flags were loaded as a whole, or when an operation sets ZF alone.
#pragma once
#include <type_traits>

#include "core/base/types.h"

namespace lucid::cpu {

namespace flag {
constexpr u64 cf = 1 << 0, one = 1 << 1, pf = 1 << 2, af = 1 << 4, zf = 1 << 6, sf = 1 << 7, tf = 1 << 8, intr = 1 << 9,
              df = 1 << 10, of = 1 << 11, iopl = 3 << 12, nt = 1 << 14, rf = 1 << 16, vm = 1 << 17, ac = 1 << 18,
              vif = 1 << 19, vip = 1 << 20, id = 1 << 21;
constexpr u64 arithmetic = cf | pf | af | zf | sf | of;
}  // namespace flag

template <typename T>
constexpr u64 sign_extend(T value) {
  return static_cast<u64>(static_cast<i64>(static_cast<std::make_signed_t<T>>(value)));
}

struct Flags {
  u64 zero_source = 1;
  u64 sign_source = 1;
  u64 carries = 0;
  u64 rest = flag::one;  // every bit that is not arithmetic

  bool cf() const { return carries >> 63; }
  bool of() const { return (carries ^ carries << 1) >> 63; }
  bool af() const { return carries >> 3 & 1; }
  bool zf() const { return zero_source == 0; }
  bool sf() const { return sign_source >> 63; }
  bool pf() const { return !__builtin_parity(static_cast<u8>(sign_source)); }

  u64 all() const {
    return rest | u64{cf()} | u64{pf()} << 2 | u64{af()} << 4 | u64{zf()} << 6 | u64{sf()} << 7 | u64{of()} << 11;
  }

  void load_arithmetic(u64 rflags) {
    zero_source = rflags & flag::zf ? 0 : 1;
    sign_source = (rflags & flag::sf ? u64{1} << 63 : 0) | (rflags & flag::pf ? 0 : 1);
    set_carries(rflags & flag::cf, rflags & flag::of, rflags & flag::af);
  }

  void set_all(u64 rflags) {
    rest = (rflags & ~flag::arithmetic) | flag::one;
    load_arithmetic(rflags);
  }

  template <typename T>
  void set_result(T result) {
    zero_source = sign_source = sign_extend(result);
  }
  void set_carries(bool c, bool o, bool a) { carries = u64{c} << 63 | u64{c != o} << 62 | u64{a} << 3; }
  void set_cf(bool c) { set_carries(c, of(), af()); }

  template <typename T>
  static constexpr u64 place(T out) {
    if constexpr (sizeof(T) == 8)
      return out;
    else
      return u64{out} | u64{out} << (64 - 8 * sizeof(T));
  }

  /// Carry out of every bit of r = a + b (+ carry in).
  template <typename T>
  void after_add(T a, T b, T r) {
    set_result(r);
    carries = place<T>(static_cast<T>((a & b) | ((a | b) & ~r)));
  }
  /// Borrow out of every bit of r = a - b (- borrow in).
  template <typename T>
  void after_sub(T a, T b, T r) {
    set_result(r);
    carries = place<T>(static_cast<T>((~a & b) | ((~a | b) & r)));
  }
  template <typename T>
  void after_logic(T r) {
    set_result(r);
    carries = 0;
  }
  /// INC and DEC leave CF alone.
  void keep_cf(bool old) {
    const bool overflow = of();
    carries = (carries & 8) | u64{old} << 63 | u64{old != overflow} << 62;
  }
};

/// The sixteen conditions of Jcc, SETcc and CMOVcc (SDM vol. 1, appendix B).
template <unsigned cc>
bool condition(const Flags& f) {
  constexpr unsigned kind = cc >> 1;
  bool value = false;
  if constexpr (kind == 0)
    value = f.of();
  else if constexpr (kind == 1)
    value = f.cf();
  else if constexpr (kind == 2)
    value = f.zf();
  else if constexpr (kind == 3)
    value = static_cast<unsigned>(f.cf()) | static_cast<unsigned>(f.zf());
  else if constexpr (kind == 4)
    value = f.sf();
  else if constexpr (kind == 5)
    value = f.pf();
  else if constexpr (kind == 6)
    value = (f.sign_source ^ f.carries ^ f.carries << 1) >> 63;
  else
    value = ((f.sign_source ^ f.carries ^ f.carries << 1) >> 63) | f.zf();
  return value != static_cast<bool>(cc & 1);
}

}  // namespace lucid::cpu
